r"""WikiGame: get from one page of a wiki to another by following links.

    plain    10 turns, 3 to 5 links away (par)      hard     15 turns, 5 or 6 links away
    easy     30 turns, 2 to 4 links (-v1: 4)        random   15 turns, 2 to 6 links (-v1: 3 to 6), any variant

    noregrets    no way back but by links           freenav  <PREV_PAGE> as often as there are pages behind
    oneback      <PREV_PAGE>, not twice in a row    eidetic  freenav, and pages visited may be named as if linked

A move is `\boxed{Title}`, whatever its capitals, blanks and quotes, or `<PREV_PAGE>`. -v0 pays what `WikiGameReward`
says: 1 for the target, -0.05 for a step, -0.2 for a title that is no link and for a reply without a move, which costs
its turn and ends nothing. So perfect play earns 1 - 0.05 * (par - 1). In -v1 only the target pays, and of all else
only a reply without a move costs.

Every id is played in an invented country of 400 pages (`world`), a new one for each episode, so no wiki known by
heart helps and no network is needed: there the default of the released GEM, Wikipedia's live API, gives way to
`backend="graph"`. The other backends (`backend`: zim, kiwix, mw) are for real wikis, where the target is the end of
a random walk, and no one knows a solver, a distance or the par.

`solve()` is a reader: it climbs from home to home (work, maker, town, region, country) until a page links to one of
the homes that the target's summary names, and down from there. It wins always, in one to two turns more than par;
`distance()` is exact, by breadth-first search. Over 500 seeds, with the wins of random links beside it:

    id of -v1   par   reader's turns  random wins        tier        pages  turns  par   reader's turns  random wins
    plain       4.0   5.6              2.4 %             trivial     100    10     1.5   2.0             32 %
    easy        4.0   5.7              5.6 %             easy        200    10     3     4.2              8 %
    hard        5.5   6.5              0.6 %             medium      300     9     4     5.5              0.6 %
    random      4.6   6.0              1.4 %             hard        400     8     5     6.3              0.2 %
                                                         very hard   400     8     6     6.9              0.2 %
"""

from gem.envs.games.wikigame.game import WikiGameEnv as WikiGameEnv
