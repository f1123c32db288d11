"""Good is what says so plainly; whatever can be read in two ways is unclear, and unclear is never good."""

from __future__ import annotations

import pytest

from presszero.conversations.mood import Mood, mood, mood_of_all

GOOD = """
Thank you so much, they fit perfectly!
Thanks!
ok thanks
Great, that was quick. Thank you, Maya :-)
Perfect, all sorted now.
thx 👍
❤️
🙏🙏
You're a legend, cheers
Couldn't be happier.
I can't thank you enough!
It works now, thanks
No problem at all, thank you
Lovely, thank you for being so kind.
No more problems, thanks a lot
I'm so pleased with them.
Soooo happy!!! thaaanks
No longer broken, thank you!
Vielen Dank, die Stiefel passen perfekt!
Perfekt, danke!
Super, das hat geklappt.
Danke, Sie haben mir sehr geholfen 😊
Alles bestens, herzlichen Dank
Kein Problem, danke schön!
Ich bin sehr zufrieden.
Nichts zu meckern, klasse!
Das freut mich, lieb von Ihnen
¡Muchas gracias, todo perfecto!
Genial, ya funciona.
Estoy encantada con las botas, gracias
No pasa nada, gracias por todo
Me alegro mucho, gracias 🎉
""".strip().splitlines()

BAD = """
Thanks for nothing.
not good
I am not happy with this
This isn't great
I'm never happy with your service
The left boot is broken
Still waiting.
Still not here
This is unacceptable
I want a lawyer
😡
It doesn't work
not working 👎
Very disappointed :(
Worst shop ever, thanks for ruining Christmas
Danke für nichts!
Ich bin nicht zufrieden
Das ist eine Frechheit
Die Stiefel sind schon wieder kaputt
Immer noch nichts da
Das funktioniert nicht
Ich bin sehr enttäuscht 😞
Gracias por nada
No estoy contenta
No funciona
Una vergüenza, sigo esperando
Las botas llegaron rotas
I am without words, hardly satisfied
""".strip().splitlines()

UNCLEAR = """
ok
no thanks
No, thank you.
Nein danke
No gracias
Thanks in advance
Danke im Voraus
Gracias de antemano
Thanks anyway
Trotzdem danke
Great, thanks. Can you also change the colour?
Thank you! When will it arrive?
Please send it again, thank you
That would be great
Das wäre super
Sería genial
Oh great, another week.
Na toll
Just great.
Your "great" service again
thanks...
Great 🙄
Thank you 🙃
Thanks, but no
Thank you, but the laces are too short
Danke, aber die Farbe stimmt nicht ganz
Gracias, pero el color es otro
The first pair was damaged, the new one is perfect, thank you
Thanks, it only took three weeks
Danke, ich warte dann mal ab
I hope it fits, thanks
Ich hoffe, es passt. Danke
Espero que llegue. Gracias
Good morning
Guten Tag, hier ist Ada
Buenos días
Order 1042
I'll send it back on Monday

https://juniper.example/thanks
Gracias, ya veremos
Thank you. I need another pair as well
""".splitlines()


@pytest.mark.parametrize("words", GOOD)
def test_it_is_good_when_it_says_so(words: str) -> None:
    assert mood(words) is Mood.GOOD


@pytest.mark.parametrize("words", BAD)
def test_it_is_bad_when_it_says_so(words: str) -> None:
    assert mood(words) is Mood.BAD


@pytest.mark.parametrize("words", UNCLEAR)
def test_whatever_can_be_read_in_two_ways_is_unclear(words: str) -> None:
    assert mood(words) is Mood.UNCLEAR


def test_what_somebody_quotes_is_not_what_they_say() -> None:
    assert mood("Thanks!\n> Why are they broken? Unacceptable!") is Mood.GOOD
    assert mood("Order 1042\n> Thank you so much, perfect!") is Mood.UNCLEAR


def test_whoever_writes_much_has_more_to_say() -> None:
    assert mood("Thank you! " * 60) is Mood.UNCLEAR


def test_of_several_messages_the_last_is_good_and_none_bad() -> None:
    assert mood_of_all(["Where is it?", "Found it, thank you!"]) is Mood.GOOD
    assert mood_of_all(["Thank you!", "The left one is broken."]) is Mood.BAD
    assert mood_of_all(["The left one is broken.", "Thanks"]) is Mood.BAD
    assert mood_of_all(["Thank you!", "Order 1042"]) is Mood.UNCLEAR
    assert mood_of_all([]) is Mood.UNCLEAR
