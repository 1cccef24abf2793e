"""Reports of undelivered mail as Postfix, Exim, Exchange Online and a late Postfix write them; NAME is the letter's."""

ORIGINAL = """From: Meanwhile <portal@meanwhile.example>
To: rosa@example.org
Subject: Hello
Message-ID: <NAME@meanwhile.example>
"""

POSTFIX = f"""Return-Path: <>
Received: by mail.meanwhile.example (Postfix) id 4T1; Mon,  2 Mar 2026 10:00:02 +0000 (UTC)
Date: Mon,  2 Mar 2026 10:00:02 +0000 (UTC)
From: MAILER-DAEMON@mail.meanwhile.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: portal@meanwhile.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4T1.1"

This is a MIME-encapsulated message.

--4T1.1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<rosa@example.org>: host mx.example.org[192.0.2.5] said: 550 5.1.1
    <rosa@example.org>: Recipient address rejected: User unknown

--4T1.1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.meanwhile.example
X-Postfix-Queue-ID: 4T1
Arrival-Date: Mon,  2 Mar 2026 10:00:01 +0000 (UTC)

Final-Recipient: rfc822; rosa@example.org
Original-Recipient: rfc822;rosa@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <rosa@example.org>: Recipient address
    rejected: User unknown

--4T1.1
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{ORIGINAL}
--4T1.1--
"""

# Exim says 5.0.0 of everything; the other server's words say more. The letter's own address has its name.
EXIM = """Return-path: <>
To: back+NAME@meanwhile.example
From: Mail Delivery System <Mailer-Daemon@mail.meanwhile.example>
Subject: Mail delivery failed: returning message to sender
Auto-Submitted: auto-replied
X-Failed-Recipients: rosa@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=1772446802-eximdsn-1

--1772446802-eximdsn-1
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1772446802-eximdsn-1
Content-type: message/delivery-status

Reporting-MTA: dns; mail.meanwhile.example

Action: failed
Final-Recipient: rfc822;rosa@example.org
Status: 5.0.0
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 No such user here

--1772446802-eximdsn-1--
"""

EXCHANGE = f"""From: <postmaster@outlook.example>
To: <portal@meanwhile.example>
Subject: Undeliverable: Hello
MIME-Version: 1.0
In-Reply-To: <NAME@meanwhile.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary="b2"

--b2
Content-Type: text/plain; charset="us-ascii"

Your message to rosa@example.org couldn't be delivered.

--b2
Content-Type: text/html; charset="us-ascii"

<html><body>Your message couldn't be delivered.</body></html>

--b2--

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01MB1.eurprd01.prod.exchangelabs.com
Received-From-MTA: dns;mail.meanwhile.example

Final-Recipient: rfc822;rosa@example.org
Action: failed
Status: 5.4.1
Diagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied. [AM0.prod.outlook.com 2026-03-02T10:00:02.105Z 08DE]

--b1
Content-Type: message/rfc822

{ORIGINAL}
A line.
--b1--
"""

BLOCKED = POSTFIX.replace("Status: 5.1.1", "Status: 5.7.1").replace(
    "smtp; 550 5.1.1 <rosa@example.org>: Recipient address\n    rejected: User unknown",
    "smtp; 550 5.7.1 Message rejected as spam by 5.1.1.9",
)
FULL = POSTFIX.replace("5.1.1", "5.2.2").replace("User unknown", "Mailbox full")
LATE = POSTFIX.replace("Action: failed", "Action: delayed").replace("5.1.1", "4.4.1")
# Somebody is away, or answers.
BY_HAND = f"""From: Rosa <rosa@example.org>
To: portal@meanwhile.example
Subject: Re: Hello
In-Reply-To: <NAME@meanwhile.example>
Content-Type: text/plain

I am on holiday. 550 5.1.1

{ORIGINAL}"""
