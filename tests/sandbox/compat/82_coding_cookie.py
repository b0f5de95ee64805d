# -*- coding: utf-8 -*-  # noqa: UP009
print("é", "\u00e9" == "é")
