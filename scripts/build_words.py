"""Write the word data of the games from two Debian packages: levels of words from SCOWL, clues from WordNet.

    apt-get install scowl wordnet-base
    python scripts/build_words.py [--packages /] [--to src/gem/envs/games/words]

`--packages` is the folder that holds their `usr`: `dpkg -x` fills one without installing. Nothing is downloaded, and
the same packages give the same bytes. The notices that both licences ask for are written beside the data.
"""

from __future__ import annotations

import argparse
import codecs
import gzip
import re
import sys
from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path

LEVELS = {10: (10,), 20: (20,), 35: (35,), 50: (40, 50), 70: (55, 60, 70)}
"""Levels of ours, and the levels of SCOWL that each gathers."""
TARGET_LEVEL = 35
"""Words up to this level may be looked for; those above are only accepted as guesses."""
LENGTHS = range(2, 16)
CLUE_LENGTHS = range(3, 13)
CLUE_CHARS = range(13, 100)
MIN_TAGS = 3
"""How often WordNet's corpus must have used the word in the sense of its clue."""
WORDS_FILE, CLUES_FILE = "words_by_level.txt.gz", "clues.tsv.gz"
HEADER = "{} beside this file is a selection made from {}, which has this notice:\n\n"
PARTS = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}
"""WordNet's digits for parts of speech; 5 are the satellites of adjectives."""

BANNED = """
nefrq nff nffrf nffubyr* onfgneq* ovzob* ovgpu* oybjwbo* obyyvk* obyybpxf obare* obbo obborq obbovat obbof
ohttre* ohyyfuvg* puvpxrafuvg* puvax puvaxf pbpx pbpxf pbpxfhpx* pbbyvr* pbba pbbaf penc pencc* penccl phag*
qntb qntbrf qntbf qnzzvg qnexvr* qvpx qvpxf qvyqb* qlxr* snt snttbg* sntf sneg snegrq snegvat snegf sngfb*
sybbmvrf sybbml shpx* shpxurnq* tbqqnz* tbbx* tbl tblvz tblvfu tblf tevatb* tlc tlccrq tlccvat tlcf tlcf[vl]*
unysoerrq* uneybg* uvyyovyyvrf uvyyovyyl ubzb ubzbf ubaxvr* ubaxvrf ubaxl ubbgre* ubbgref ubefrfuvg* uhff[vl]*
vawha vawhaf wnpxnff* xvxr* xenhg* yvzrl* znzzvrf znzzl zbatbybvq* zbgureshpx* zhynggb* arteb* avttn avttn[fm]
avttneq* avttre* bpgbebba* cnxv cnxvf crpxre crpxref cvpxnavaa* cvff* cbbsgre* cbbc cbbcrq cbbcvat cbbcf chffvrf
chffl chgm* dhnqebba* dhrre* erqarpx* erqfxva* ergneq ergneqrq ergneqf fnzob fpuzhpx* fuvg fuvgurnq* fuvgf
fuvgg* fxnax* fyhg* fcnfgvp* fcvp fcvpf fdhnj fdhnjf fgehzcrg* gneq gvg gvgf gvgg[vl]* genaavrf genaal gebyybc*
gheq gheqf gjng gjngf jnax* jrgonpx* juber* jubevat jubevfu jbt jbtf jbc jbcf lvq lvqf
"""
"""Slurs and vulgar words in rot13, `*` for any ending: no word list of ours holds them."""
DELICATE = """
nany nancuebqvf* nahf* ncuebqvf* nfrkhny* nhgbrebgvp* orfgvnyvg* ovfrkhny* obax obax[fr]* obfbz* oernfg
oernfg[fv]* oernfgrq oebgury* ohfgl ohggbpx* ohkbz pnfgeng* pnfgengr* pvephzpvf* pyvgbe* pbvg* pbaphova* pbaqbz
pbaqbzf pbagenprcgv* pbchyng* pevccyr* pebgpu* phpxbyq* phaavyva* qnza qnzanoyr qnzanoyl qnzarq qnzavat qnzaf
qrsrpng* qranmvs* rwnphyng* rerpgvba* rebtra* rebgvp* rhahpu* rkperzrag* srpny srprf sryyng* srgvfu* sberfxva*
sbeavpng* tnl tnlre tnlrfg tnlf travgny* trabpvq* tbabee* tebva* unerz* uryy urezncuebq* urecrf urgrebfrkhny*
ubybpnhfg* ubzbrebgvp* ubzbcubo* ubzbfrkhny* ubbxre* ubeal vaprfg* vagrepbhefr vagrefrkhny* xvaxl ynfpvivbhf*
yrpure* yrfovna* yrjq* yvovq* yhfg yhfgrq yhfgre yhfgshy* yhfgvr* yhfgvyl yhfgvat yhfgf yhfgl ylapu* znfbpu*
znfgheong* zrafgeh* zvqtrg* zbyrfg* anxrq* anmv anmvf arpebcuvy* avccyr* abafrkhny* ahqr* ahqv* alzcubzna*
bofpra* betnf* betvrf betl crqbcuvy* cravf* creirefvba* creireg* cunyy* cvzc cvzcrq cvzcvat cvzcf cbea*
cbfgzrafgeh* cbfgbetnf* cerzrafgeh* cebfgvghg* cehevrag cflpubfrkhny* chovp enpvny* enpvf* encr encrq encrf
encvar encvat encvfg* enhapul erpgny erpgnyyl erpghz erpghzf fnqvf* fnqbznfb* fnynpvbhf* fperj fperjrq fpebg*
frzra frk frkrq frkrf frkvre frkvrfg frkvyl frkvat frkvf* frkyrff* frkcbg* frkhny* frkl funt funttrq funttvat
fynccre* fbqbz* fcrez* fcuvapgre* fgevcgrnfr* fhvpvq* flcuvy* grfgvp* gvgvyyng* genzc genaffrkhny* genafirfg*
havfrkhny* hazbyrfgrq hafrkhny* hevang* hevar hebtravgny* intva* ivetva ivetvany* ivetvavgl ivetvaf iblrhe*
ihyin* juber*
"""
"""Words, written likewise, that are accepted as guesses but never looked for, and stand in no clue."""
MARKED = re.compile(r"\b(offensive (term|name|word)|disparag|derogat|vulgar|slur\b|ethnic|taboo|slang|Nazi|Negro)")
"""Marks of a clue that may hurt, whatever its words are."""


def main() -> None:
    """Read both packages, write the data and the notices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, default=Path("/"))
    parser.add_argument("--to", type=Path, default=Path(__file__).parent.parent / "src/gem/envs/games/words")
    options = parser.parse_args()
    share = options.packages / "usr/share"
    scowl, wordnet, doc = share / "dict/scowl", share / "wordnet", share / "doc"
    if missing := [path.name for path in (scowl, wordnet) if not path.is_dir()]:
        sys.exit(f"{' and '.join(missing)} missing below {share}: apt-get install scowl wordnet-base")
    levels = levels_of_words(scowl)
    found = clues(wordnet, {word for word, level in levels.items() if level <= TARGET_LEVEL})
    _write(options.to / WORDS_FILE, words_text(levels))
    _write(options.to / CLUES_FILE, "".join(f"{word}\t{clue}\n" for word, clue in sorted(found.items())))
    notice = (doc / "scowl/copyright").read_text(encoding="utf-8")
    (options.to / "NOTICE.scowl").write_text(HEADER.format(WORDS_FILE, "SCOWL 2020.12.07") + notice, encoding="utf-8")
    notice = _licence(wordnet / "data.noun")
    (options.to / "NOTICE.wordnet").write_text(HEADER.format(CLUES_FILE, "WordNet 3.0") + notice, encoding="utf-8")
    print(f"{len(levels)} words, {len(found)} clues")


def _licence(path: Path) -> str:
    """The licence at the head of a file of WordNet, without its line numbers."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "".join(f"{line.lstrip(' 0123456789').rstrip()}\n" for line in lines if line.startswith("  "))


def _write(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))


# -- words --------------------------------------------------------------------------------------------


def levels_of_words(scowl: Path) -> dict[str, int]:
    """The lowest of our levels of each word that common and American English have, without the banned ones."""
    banned, delicate = _pattern(BANNED), _pattern(DELICATE)
    found: dict[str, int] = {}
    for level, sources in LEVELS.items():
        for source in sources:
            for region in ("english", "american"):
                lines = (scowl / f"{region}-words.{source}").read_text(encoding="latin-1").split("\n")
                for word in lines:
                    if word.isascii() and word.isalpha() and word.islower() and len(word) in LENGTHS:
                        found.setdefault(word, max(LEVELS) if delicate.fullmatch(word) else level)
    return {word: level for word, level in found.items() if not banned.fullmatch(word)}


def words_text(levels: dict[str, int]) -> str:
    """A line `level length word word …` for each level and length."""

    def key(word: str) -> tuple[int, int]:
        return levels[word], len(word)

    groups = groupby(sorted(sorted(levels), key=key), key)
    return "".join(f"{level} {length} {' '.join(words)}\n" for (level, length), words in groups)


@cache
def _pattern(rot13: str) -> re.Pattern[str]:
    return re.compile("|".join(codecs.decode(rot13, "rot13").split()).replace("*", "[a-z]*"))


# -- clues --------------------------------------------------------------------------------------------


def clues(wordnet: Path, targets: set[str]) -> dict[str, str]:
    """A clue for each target whose main sense WordNet tells briefly, decently, and without the word itself."""
    bases = _irregular_forms(wordnet)
    found = {
        word: clue
        for word, clue in _definitions(wordnet, targets).items()
        if len(clue) in CLUE_CHARS and clue.isascii() and _decent(clue) and not leaks(word, clue, bases)
    }
    uses = Counter(found.values())
    return {word: clue for word, clue in found.items() if uses[clue] == 1}


def _definitions(wordnet: Path, targets: set[str]) -> dict[str, str]:
    """What the most used sense of each word means, if it is used often enough."""
    best: dict[str, tuple[int, str, int]] = {}
    for line in (wordnet / "cntlist.rev").read_text(encoding="ascii").splitlines():
        key, number, tags = line.split(" ")
        word, _, lexical = key.partition("%")
        if word in targets and len(word) in CLUE_LENGTHS and int(tags) > best.get(word, (MIN_TAGS - 1,))[0]:
            best[word] = int(tags), PARTS[lexical[0]], int(number)
    found: dict[str, str] = {}
    for part in ("noun", "verb", "adj", "adv"):
        rows = (line.split() for line in _lines(wordnet / f"index.{part}"))
        wanted = {row[0]: _sense(row, best[row[0]][2]) for row in rows if row[0] in best and best[row[0]][1] == part}
        synsets = _synsets(wordnet / f"data.{part}", set(wanted.values()))
        for word, offset in wanted.items():
            members, gloss = synsets[offset]
            if word in members:  # in capitals it would be a name
                found[word] = _definition(gloss)
    return found


def _sense(row: list[str], number: int) -> str:
    """The offset of a sense of a word, the last one where the index has fewer."""
    offsets = row[-int(row[2]) :]
    return offsets[min(number, len(offsets)) - 1]


def _synsets(path: Path, wanted: set[str]) -> dict[str, tuple[set[str], str]]:
    """The words and the gloss of each wanted synset, by its offset."""
    found: dict[str, tuple[set[str], str]] = {}
    for line in _lines(path):
        if line[:8] in wanted:
            head, _, gloss = line.partition(" | ")
            fields = head.split(" ")
            members = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            found[fields[0]] = {member.partition("(")[0] for member in members}, gloss
    return found


def _lines(path: Path) -> list[str]:
    """The lines of a file of WordNet below its licence."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(" ")]


def _definition(gloss: str) -> str:
    """A gloss without its examples; without what follows its first semicolon if it is long."""
    text = re.sub(r"\s+", " ", re.split(r'[;:,]?\s*"', gloss)[0].replace("`", "'"))
    return (text if len(text) in CLUE_CHARS else text.partition(";")[0]).strip(" ;:,.")


def _decent(clue: str) -> bool:
    """Whether no word of a clue is banned, delicate or marked."""
    patterns = _pattern(BANNED), _pattern(DELICATE)
    words = re.findall("[a-z]+", clue.lower())
    return not MARKED.search(clue) and not any(pattern.fullmatch(word) for pattern in patterns for word in words)


def _irregular_forms(wordnet: Path) -> dict[str, str]:
    """Irregular forms and what they are forms of: gave, give."""
    files = (wordnet / f"{part}.exc" for part in ("noun", "verb", "adj", "adv"))
    rows = (line.split() for path in files for line in path.read_text(encoding="ascii").splitlines())
    return {row[0]: row[1] for row in rows}


def leaks(word: str, clue: str, bases: dict[str, str]) -> bool:
    """Whether a word of the clue shares its stem with `word`, or is a part of it, or has it as a part."""
    stem = max(3, -(-len(word) * 3 // 5))
    tokens: list[str] = re.findall("[a-z]+", clue.lower())
    for token in tokens:
        for form in (token, bases.get(token, token)):
            if form == word or form[:stem] == word[:stem]:
                return True
            if (len(form) >= 4 and form in word) or (len(word) >= 4 and word in form):
                return True
    return False


if __name__ == "__main__":
    main()
