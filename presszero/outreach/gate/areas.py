"""Where a telephone number is from: its country's code, and in North America its area code. Data, nothing else.

A number moves with its owner, so an area says where somebody may be and never where they are not; whoever asks takes
an address before it. Area codes by state as the North American Numbering Plan assigns them; one that is missing here
counts as anywhere in the country, which is stricter.
"""

from __future__ import annotations

# Dialling code → countries (ISO 3166), the longest code first when looked up.
DIALLED: dict[str, tuple[str, ...]] = {
    "1": ("US", "CA"), "20": ("EG",), "212": ("MA",), "213": ("DZ",), "216": ("TN",), "27": ("ZA",), "234": ("NG",),
    "254": ("KE",), "30": ("GR",), "31": ("NL",), "32": ("BE",), "33": ("FR",), "34": ("ES",), "350": ("GI",),
    "351": ("PT",), "352": ("LU",), "353": ("IE",), "354": ("IS",), "355": ("AL",), "356": ("MT",), "357": ("CY",),
    "358": ("FI",), "359": ("BG",), "36": ("HU",), "370": ("LT",), "371": ("LV",), "372": ("EE",), "373": ("MD",),
    "374": ("AM",), "375": ("BY",), "376": ("AD",), "377": ("MC",), "380": ("UA",), "381": ("RS",), "382": ("ME",),
    "383": ("XK",), "385": ("HR",), "386": ("SI",), "387": ("BA",), "389": ("MK",), "39": ("IT",), "40": ("RO",),
    "41": ("CH",), "420": ("CZ",), "421": ("SK",), "423": ("LI",), "43": ("AT",), "44": ("GB",), "45": ("DK",),
    "46": ("SE",), "47": ("NO",), "48": ("PL",), "49": ("DE",), "51": ("PE",), "52": ("MX",), "54": ("AR",),
    "55": ("BR",), "56": ("CL",), "57": ("CO",), "58": ("VE",), "60": ("MY",), "61": ("AU",), "62": ("ID",),
    "63": ("PH",), "64": ("NZ",), "65": ("SG",), "66": ("TH",), "7": ("RU", "KZ"), "81": ("JP",), "82": ("KR",),
    "84": ("VN",), "86": ("CN",), "852": ("HK",), "886": ("TW",), "90": ("TR",), "91": ("IN",), "92": ("PK",),
    "94": ("LK",), "880": ("BD",), "961": ("LB",), "962": ("JO",), "965": ("KW",), "966": ("SA",), "971": ("AE",),
    "972": ("IL",), "974": ("QA",), "995": ("GE",), "998": ("UZ",),
}  # fmt: skip

_STATES = """
AL 205 251 256 334 659 938 | AK 907 | AZ 480 520 602 623 928 | AR 327 479 501 870
CA 209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747 760
CA 805 818 820 831 837 840 858 909 916 925 949 951 | CO 303 719 720 970 983 | CT 203 475 860 959 | DE 302 | DC 202 771
FL 239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954
GA 229 404 470 478 678 706 762 770 912 943 | HI 808 | ID 208 986
IL 217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872
IN 219 260 317 463 574 765 812 930 | IA 319 515 563 641 712 | KS 316 620 785 913 | KY 270 364 502 606 859
LA 225 318 337 457 504 985 | ME 207 | MD 227 240 301 410 443 667 | MA 339 351 413 508 617 774 781 857 978
MI 231 248 269 313 517 586 616 679 734 810 906 947 989 | MN 218 320 507 612 651 763 924 952
MS 228 471 601 662 769 | MO 235 314 417 557 573 636 660 816 975 | MT 406 | NE 308 402 531 | NV 702 725 775 | NH 603
NJ 201 551 609 640 732 848 856 862 908 973 | NM 505 575
NY 212 315 329 332 347 363 516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934
NC 252 336 472 704 743 828 910 919 980 984 | ND 701
OH 216 220 234 283 326 330 380 419 436 440 513 567 614 740 937 | OK 405 539 572 580 918 | OR 458 503 541 971
PA 215 223 267 272 412 445 484 570 582 610 717 724 814 835 878 | RI 401 | SC 803 821 839 843 854 864 | SD 605
TN 423 615 629 731 865 901 931
TX 210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 830 832 903 915 936 940 945 956 972 979
UT 385 435 801 | VT 802 | VA 276 434 540 571 686 703 757 804 826 948 | WA 206 253 360 425 509 564 | WV 304 681
WI 262 274 353 414 534 608 715 920 | WY 307
"""
AREAS: dict[str, str] = {
    code: group.split()[0]
    for line in _STATES.strip().splitlines()
    for group in line.split("|")
    for code in group.split()[1:]
}  # area code → state

_PROVINCES = """
AB 368 403 587 780 825 | BC 236 250 257 604 672 778 | MB 204 431 584 | NB 428 506 | NL 709 879 | NS 782 902
ON 226 249 289 343 365 382 416 437 519 548 613 647 683 705 742 753 807 905 942
QC 263 354 367 418 438 450 468 514 579 581 819 873 | SK 306 474 639 | YT 867
"""
PROVINCES: dict[str, str] = {
    code: group.split()[0]
    for line in _PROVINCES.strip().splitlines()
    for group in line.split("|")
    for code in group.split()[1:]
}  # area code → Canadian province

_STATE_ZONES = """
America/New_York: CT DE DC GA ME MD MA NH NJ NY NC OH PA RI SC VT VA WV FL IN KY MI TN
America/Chicago: AL AR IL IA LA MN MS MO OK WI FL IN KY MI TN KS NE ND SD TX
America/Denver: CO MT NM UT WY KS NE ND SD TX ID OR AZ
America/Los_Angeles: CA NV WA ID OR
America/Phoenix: AZ
America/Anchorage: AK
America/Adak: AK
Pacific/Honolulu: HI
"""
_PROVINCE_ZONES = """
America/Edmonton: AB BC
America/Vancouver: BC
America/Winnipeg: MB ON
America/Halifax: NB NL NS QC
America/St_Johns: NL
America/Toronto: ON QC
America/Regina: SK
America/Whitehorse: YT
America/Yellowknife: YT
America/Iqaluit: YT
"""


def _zones(country: str, text: str) -> dict[str, tuple[str, ...]]:
    """From "zone: its states" to the other way round: a state, every zone it touches."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        zone, _, states = line.partition(": ")
        for state in states.split():
            found[f"{country}-{state}"] = (*found.get(f"{country}-{state}", ()), zone)
    return found


ZONES: dict[str, tuple[str, ...]] = _zones("US", _STATE_ZONES) | _zones("CA", _PROVINCE_ZONES)

_WRITTEN_OUT = """
AL alabama AK alaska AZ arizona AR arkansas CA california CO colorado CT connecticut DE delaware DC washington-dc
DC district-of-columbia FL florida GA georgia HI hawaii ID idaho IL illinois IN indiana IA iowa KS kansas KY kentucky
LA louisiana ME maine MD maryland MA massachusetts MI michigan MN minnesota MS mississippi MO missouri MT montana
NE nebraska NV nevada NH new-hampshire NJ new-jersey NM new-mexico NY new-york NC north-carolina ND north-dakota OH ohio
OK oklahoma OR oregon PA pennsylvania RI rhode-island SC south-carolina SD south-dakota TN tennessee TX texas UT utah
VT vermont VA virginia WA washington WV west-virginia WI wisconsin WY wyoming
"""
_PAIRS = _WRITTEN_OUT.split()
NAMES: dict[str, str] = dict(zip(_PAIRS[1::2], _PAIRS[::2], strict=True))  # in small letters with dashes → its letters
