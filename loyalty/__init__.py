"""The rules of a loyalty programme: pure functions of plain values, standard library only.

Points are whole numbers, money is whole minor units (kopecks), percents are exact fractions.
Instants are aware and in UTC; days are days of the business's own zone.
"""
