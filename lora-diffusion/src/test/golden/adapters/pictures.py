"""Makes src/test/resources/adapters: adapters of every kind of file, and what the real tools make of the tiny bases
with them: golden for AdapterPicturesTest.

Run offline with the versions of ../requirements.txt, after tiny_sd.py and tiny_xl.py:
    HF_HUB_OFFLINE=1 python pictures.py
"""

import cases
import of_diffusers
import of_lycoris
import of_peft

if __name__ == "__main__":
    cases.begin()
    of_diffusers.main()
    of_lycoris.main()
    of_peft.main()
    cases.end()
