"""Recordings of sentences by espeak-ng in several voices, to train and to score with.

accents.py FOLDER writes FOLDER/VOICE/train.jsonl and heldout.jsonl with a WAV file for each line. The
sentences are from The Adventures of Sherlock Holmes and Pride and Prejudice, in the public domain; none
is both in training and held out. It needs espeak-ng 1.51.
"""

import json
import os
import subprocess
import sys

VOICES = {
    "american": ("en-us", 160, 50),
    "scottish": ("en-gb-scotland", 170, 40),
    "lancaster": ("en-gb-x-gbclan", 175, 60),
    "caribbean": ("en-029", 180, 45),
}
LEARNED = """To Sherlock Holmes she is always the woman.
I have seldom heard him mention her under any other name.
It was not that he felt any emotion akin to love for her.
I had seen little of Holmes lately.
My marriage had drifted us away from each other.
One night I was returning from a journey to a patient.
His rooms were brilliantly lit.
I saw his tall, spare figure pass twice in a dark silhouette against the blind.
He was pacing the room swiftly, eagerly, with his head sunk upon his chest.
His manner was not effusive.
He was glad, I think, to see me.
He waved me to an armchair and threw across his case of cigars.
Then he stood before the fire and looked me over.
You have not told me that you intended to go into harness.
How do you know that I have been getting very wet lately?
It is simplicity itself, said he.
My eyes tell me that on the inside of your left shoe the leather is scored.
I could not help laughing at the ease with which he explained it.
You see, but you do not observe.
For example, you have frequently seen the steps which lead up from the hall.
How many are there? I do not know.
This is indeed a mystery, I remarked.
It is a capital mistake to theorise before one has data.
The man who wrote it was presumably well to do.
Such paper could not be bought under half a crown a packet.
A slow and heavy step was heard upon the stairs.
A man entered who could hardly be less than six feet six inches in height.
You may address me as the Count.
I understand that this gentleman, your friend, is a man of honour.
I rose to go, but Holmes caught me by the wrist and pushed me back into my chair.
The facts are briefly these.
Your majesty has not spoken before.
There is a lady upon the stairs who wishes to see you.
She carried a black veil over her face.
My name is Helen, and I am living with my father.
The family was at one time among the richest in England.
A light rain was falling upon the empty street.
We heard the door close and a horse trot away.
The old clock struck three as he lit his pipe.
Nothing had been moved from the table by the window.""".splitlines()
HELD_OUT = """It is a truth universally acknowledged that a single man must be in want of a wife.
My dear, said his lady to him one day, have you heard the news?
Do you not want to know who has taken the house?
You want to tell me, and I have no objection to hearing it.
He came down on Monday in a carriage to see the place.
He is to take possession before the end of the week.
What is his name?
Is he married or single?
How can you be so tiresome?
You must know that I am thinking of his marrying one of them.
I see no occasion for that.
You and the girls may go, or you may send them by themselves.
They have none of them much to recommend them.
You take delight in vexing me.
You have no compassion on my poor nerves.
I have a high respect for your nerves. They are my old friends.
The business of her life was to get her daughters married.
The evening passed quietly, unmarked by anything extraordinary.
She told the story with great spirit among her friends.
The ladies were somewhat more fortunate in their view from an upper window.""".splitlines()


def speak(folder, name, text, voice):
    kind, speed, pitch = voice
    path = os.path.join(folder, name + ".wav")
    subprocess.run(["espeak-ng", "-v", kind, "-s", str(speed), "-p", str(pitch), "-w", path, text], check=True)


def main():
    for voice, how in VOICES.items():
        folder = os.path.join(sys.argv[1], voice)
        os.makedirs(folder, exist_ok=True)
        for part, sentences in (("train", LEARNED), ("heldout", HELD_OUT)):
            with open(os.path.join(folder, part + ".jsonl"), "w") as lines:
                for i, text in enumerate(sentences):
                    name = f"{part}-{i:02d}"
                    speak(folder, name, text, how)
                    lines.write(json.dumps({"audio": name + ".wav", "text": text}) + "\n")


if __name__ == "__main__":
    main()
