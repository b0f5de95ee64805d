"""The estimators again, as the plainest loops over lists of episodes: slow, no numpy, written from the formulas."""

from math import sqrt


def returns_of(rewards, gamma):
    return [sum(gamma**ahead * reward for ahead, reward in enumerate(rewards[turn:])) for turn in range(len(rewards))]


def all_returns(episodes, gamma):
    """G by (episode, turn)."""
    return {
        (number, turn): value
        for number, (_, turns) in enumerate(episodes)
        for turn, value in enumerate(returns_of([reward for reward, _ in turns], gamma))
    }


def mean(numbers):
    return sum(numbers) / len(numbers)


def std(numbers):
    middle = mean(numbers)
    return sqrt(mean([(number - middle) ** 2 for number in numbers]))


def compared(number, numbers, by_std=True):
    """`number` less the mean, by the std; 0 if all are the same."""
    if max(numbers) - min(numbers) < 1e-9:
        return 0.0
    return (number - mean(numbers)) / (std(numbers) if by_std else 1.0)


def whole(episodes, gamma):
    return [returns_of([reward for reward, _ in turns], gamma)[0] for _, turns in episodes]


def of_group(episodes, group, wholes):
    return [value for (other, _), value in zip(episodes, wholes, strict=True) if other == group]


def on_every_turn(episodes, advantages):
    return [advantage for (_, turns), advantage in zip(episodes, advantages, strict=True) for _ in turns]


def grpo(episodes, gamma, by_std=True):
    wholes = whole(episodes, gamma)
    return on_every_turn(
        episodes,
        [
            compared(value, of_group(episodes, group, wholes), by_std)
            for (group, _), value in zip(episodes, wholes, strict=True)
        ],
    )


def rloo(episodes, gamma):
    wholes = whole(episodes, gamma)
    advantages = []
    for number, (group, _) in enumerate(episodes):
        others = [
            value
            for other, ((of, _), value) in enumerate(zip(episodes, wholes, strict=True))
            if of == group and other != number
        ]
        advantages.append(wholes[number] - mean(others) if others else 0.0)
    return on_every_turn(episodes, advantages)


def reinforce_pp_baseline(episodes, gamma):
    raw = grpo(episodes, gamma, by_std=False)
    groups = [group for group, _ in episodes]
    alone = on_every_turn(episodes, [groups.count(group) == 1 for group in groups])
    pool = [value for value, single in zip(raw, alone, strict=True) if not single]
    return [0.0 if single else compared(value, pool) for value, single in zip(raw, alone, strict=True)]


def gtpo(episodes, gamma):
    returns = all_returns(episodes, gamma)
    return [
        compared(
            value,
            [g for (other, at), g in returns.items() if at == turn and episodes[other][0] == episodes[number][0]],
        )
        for (number, turn), value in returns.items()
    ]


def alike(episodes, number, turn, back):
    """The turns of the group that began in the same state as this one, after the same `back` states."""

    def past(of, at):
        return [state for _, state in episodes[of][1]][at - back : at + 1]

    return [
        (other, at)
        for other, (group, turns) in enumerate(episodes)
        for at in range(back, len(turns))
        if group == episodes[number][0] and past(other, at) == past(number, turn)
    ]


def gigpo(episodes, gamma, omega, by_std=True):
    returns = all_returns(episodes, gamma)
    whole_part = grpo(episodes, 1.0, by_std)
    return [
        part + omega * compared(value, [returns[key] for key in alike(episodes, *where, 0)], by_std)
        for part, (where, value) in zip(whole_part, returns.items(), strict=True)
    ]


def hgpo(episodes, gamma, alpha, history):
    returns = all_returns(episodes, gamma)
    advantages = []
    for (number, turn), value in returns.items():
        total = weights = 0.0
        for back in range(history + 1):
            if back <= turn and len(peers := alike(episodes, number, turn, back)) > 1:
                weight = (back + 2) ** alpha
                total += weight * compared(value, [returns[key] for key in peers])
                weights += weight
        advantages.append(total / weights if weights else 0.0)
    return advantages


def gae_of(rewards, values, final, gamma, lam):
    """As the sum of all discounted residuals that follow, not as a recursion."""
    following = [*values[1:], final]
    residuals = [r + gamma * after - v for r, after, v in zip(rewards, following, values, strict=True)]
    return [
        sum((gamma * lam) ** ahead * residual for ahead, residual in enumerate(residuals[turn:]))
        for turn in range(len(rewards))
    ]


def gae(episodes, values, finals, gamma, lam):
    advantages, begin = [], 0
    for (_, turns), final in zip(episodes, finals, strict=True):
        own = values[begin : begin + len(turns)]
        advantages += gae_of([reward for reward, _ in turns], own, final, gamma, lam)
        begin += len(turns)
    return advantages


def gagpo(episodes, gamma, lam, by_std=True):
    returns = all_returns(episodes, gamma)
    values = [mean([returns[key] for key in alike(episodes, *where, 0)]) for where in returns]
    raw = gae(episodes, values, [0.0] * len(episodes), gamma, lam)
    if not by_std:
        return raw
    groups = [episodes[number][0] for number, _ in returns]
    return [
        compared(value, [other for other, of in zip(raw, groups, strict=True) if of == group])
        for value, group in zip(raw, groups, strict=True)
    ]


def bilevel_gae(episodes, token_values, finals, gamma, lam, gamma_token, lam_token):
    """`token_values` by turn, in order."""
    turn_values = [values[-1] for values in token_values]
    turn_advantages = gae(episodes, turn_values, finals, gamma, lam)
    advantages = []
    for values, advantage in zip(token_values, turn_advantages, strict=True):
        rewards = [0.0] * (len(values) - 1) + [advantage + values[-1]]
        advantages += gae_of(rewards, values, 0.0, gamma_token, lam_token)
    return advantages
