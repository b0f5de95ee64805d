"""Advantage estimators over one flat batch of turns: pure functions, arrays in, arrays out, numpy or torch.

A batch of N turns is given by `rewards_N` and `episode_N`, and by what else a method compares: groups, states, values
(`gem.train.advantages.arguments` says what each argument is). γ counts per turn. Inside, all is float64. A method that
finds nothing to compare a turn with gives it 0, never NaN.
"""

from gem.train.advantages.anchors import gagpo as gagpo
from gem.train.advantages.anchors import gigpo as gigpo
from gem.train.advantages.anchors import hgpo as hgpo
from gem.train.advantages.arguments import Floats as Floats
from gem.train.advantages.batch_level import rebn as rebn
from gem.train.advantages.batch_level import reinforce as reinforce
from gem.train.advantages.critic import bilevel_gae as bilevel_gae
from gem.train.advantages.critic import gae as gae
from gem.train.advantages.group_level import dr_grpo as dr_grpo
from gem.train.advantages.group_level import grpo as grpo
from gem.train.advantages.group_level import reinforce_pp_baseline as reinforce_pp_baseline
from gem.train.advantages.group_level import rloo as rloo
from gem.train.advantages.groups import FLAT as FLAT
from gem.train.advantages.groups import normalise as normalise
from gem.train.advantages.returns import reward_to_go as reward_to_go
from gem.train.advantages.table import ESTIMATORS as ESTIMATORS
from gem.train.advantages.table import Estimator as Estimator
from gem.train.advantages.turn_groups import gtpo as gtpo
