#!/usr/bin/env python3
"""A number in, a list of so many people as Mailchimp exports it on stdout out.

One in a hundred is a row that has to be rejected, and one in fifty is there twice.
"""

import sys

HEADER = (
    "Email Address,First Name,Last Name,Favourite River,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,"
    "CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,"
    "LEID,EUID,NOTES,TAGS\n"
)
RIVERS = ["Skerrow", "Averle", "Marrick", "Oxwater"]


def row(number: int) -> str:
    """The row of one person."""
    who = number - 25 if number % 50 == 49 else number
    address = "nobody" if number % 100 == 0 else f"reader-{who}@example.{('org', 'com', 'net')[who % 3]}"
    day = f"2024-{who % 12 + 1:02}-{who % 28 + 1:02} 10:00:00"
    ip = f"192.0.2.{who % 256}"
    return (
        f'{address},Ada{who},"Pellow, the {who}th",{RIVERS[who % 4]},{who % 5},{day},{ip},{day},{ip},'
        f'50.1,-5.2,0,1,Europe/London,gb,eng,{day},{who},{who:010x},,"""member"",""coast"""\n'
    )


def main() -> None:
    """Writes the list."""
    sys.stdout.write(HEADER)
    for number in range(int(sys.argv[1])):
        sys.stdout.write(row(number))


main()
