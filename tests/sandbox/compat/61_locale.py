import calendar
import locale

print(locale.setlocale(locale.LC_ALL, "C"), locale.format_string("%d", 1234, grouping=True))
print(calendar.month_name[2], calendar.monthrange(2024, 2))
