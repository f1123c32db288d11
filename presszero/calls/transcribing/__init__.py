"""What was said, as text: a program that the merchant names is given the sound, and its words join the conversation.

It speaks OpenAI's `POST …/audio/transcriptions` (a form with `file` and `model`, JSON with `text` back), as programs
for one's own machine do too. `asking` is the request, `working` a worker's round, `placing` where the words stand.
Without a transcriber nothing of this happens. Owns no words but those of calls; announces call.written.
"""
