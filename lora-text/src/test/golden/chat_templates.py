"""Conversations rendered by transformers' apply_chat_template, for every template of chat-templates.

The templates are those of published models, as far as messages with a role and a content use them;
constructs.jinja has what templates are known to use, a line each. The date is fixed.
"""

import json
from datetime import datetime
from pathlib import Path

from transformers.utils import chat_template_utils

RESOURCES = Path(__file__).parent.parent / "resources"
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


class Fixed(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 3, 7, 9, 5, 2)


chat_template_utils.datetime = Fixed


def chat(*turns):
    return [{"role": role, "content": content} for role, content in turns]


CONVERSATIONS = {
    "question": chat(("user", "What is 2 + 2?")),
    "answered": chat(("user", "What is 2 + 2?"), ("assistant", "4.")),
    "system": chat(("system", "You are terse."), ("user", "Hi"), ("assistant", "Hello.")),
    "long": chat(
        ("system", "  Spaces around. \n"),
        ("user", "  First \n\n"),
        ("assistant", "\nOne\n"),
        ("user", "Zweite Frage: <b>\u00e4\u00f6\u00fc</b> & \"quotes\" 'single' \\n \U0001f98a"),
        ("assistant", "{{ messages }} {% if x %} {# no #} are text"),
        ("user", "\u4e2d\u6587 \t tab"),
        ("assistant", "end  "),
    ),
    "thinking": chat(
        ("user", "Why?"),
        ("assistant", "<think>\nBecause\n</think>\n\nSo."),
        ("user", "Really?"),
        ("assistant", "<think>\nHm.\n</think>\n\nYes."),
    ),
    "empty": chat(("user", ""), ("assistant", "")),
    "two users": chat(("user", "a"), ("user", "b")),
    "assistant first": chat(("assistant", "a"), ("user", "b")),
    "late system": chat(("user", "a"), ("system", "b"), ("user", "c")),
    "tool": chat(("user", "a"), ("tool", "42"), ("assistant", "b")),
    "nothing": [],
}


def main():
    cases = []
    for file in sorted((RESOURCES / "chat-templates").glob("*.jinja")):
        compiled = chat_template_utils._compile_jinja_template(file.read_text())
        for name, messages in CONVERSATIONS.items():
            for prompt in (False, True):
                case = {"template": file.stem, "conversation": name, "prompt": prompt}
                try:
                    case["text"] = compiled.render(
                        messages=messages,
                        tools=None,
                        documents=None,
                        add_generation_prompt=prompt,
                        **TOKENS,
                    )
                except Exception as e:
                    case["error"] = str(e)
                cases.append(case)
    golden = {"tokens": TOKENS, "conversations": CONVERSATIONS, "cases": cases}
    target = RESOURCES / "chat-templates" / "golden.json"
    target.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


main()
