"""A SAMP client of astropy.

astropy_neighbour.py listen            answers what it is sent, prints one JSON line for each message
astropy_neighbour.py send NAME JSON... calls the client NAME with each message, prints each response
"""
import io
import json
import sys
import time
import urllib.request

import astropy.io.fits
import astropy.io.votable
from astropy.samp import SAMPIntegratedClient, SAMPProxyError


def say(what):
    print(json.dumps(what, sort_keys=True), flush=True)


def look(url):
    """What is in the table that the URL leads to."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        content = answer.read()
    if content.startswith(b"SIMPLE"):
        with astropy.io.fits.open(io.BytesIO(content)) as hdus:
            return {"columns": hdus[1].columns.names, "rows": len(hdus[1].data)}
    table = astropy.io.votable.parse(io.BytesIO(content)).get_first_table()
    return {"columns": [field.name for field in table.fields], "rows": len(table.array)}


def listen(client):
    def answer(key, sender, message_id, mtype, params, extra):
        found = {"mtype": mtype, "params": params}
        response = {"samp.status": "samp.ok", "samp.result": {"seen": "yes"}}
        try:
            if ".load." in mtype:
                found.update(look(params["url"]))
        except Exception as problem:
            found["problem"] = str(problem)
            response = {"samp.status": "samp.error", "samp.error": {"samp.errortxt": str(problem)}}
        say(found)
        if message_id is not None:
            client.reply(message_id, response)

    for mtype in ("spectrum.load.ssa-generic", "table.load.*", "table.highlight.row", "table.select.rowList",
                  "coord.pointAt.sky"):
        client.bind_receive_call(mtype, answer)
        client.bind_receive_notification(
            mtype, lambda key, sender, mtype, params, extra: answer(key, sender, None, mtype, params, extra))
    say("ready")
    while True:
        time.sleep(0.1)


def send(client, name, messages):
    there = [one for one in client.get_registered_clients() if client.get_metadata(one).get("samp.name") == name]
    for message in messages:
        try:
            say(client.call_and_wait(there[0], json.loads(message), "20"))
        except SAMPProxyError as problem:
            say(str(problem))
    client.notify(there[0], json.loads(messages[-1]))


client = SAMPIntegratedClient(name="Neighbour", metadata={"samp.name": "Neighbour"}, addr="127.0.0.1")
client.connect()
if sys.argv[1] == "listen":
    listen(client)
else:
    send(client, sys.argv[2], sys.argv[3:])
    client.disconnect()
