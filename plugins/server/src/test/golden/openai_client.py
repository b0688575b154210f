"""Asks a running server by openai-python; fails at the first answer that is wrong."""

import base64
import sys

import openai

CITIZENS = "My fellow citizens, the"
GREEDY = {"model": "tiny-lm", "temperature": 0}
CHAT = {**GREEDY, "messages": [{"role": "user", "content": CITIZENS}]}


def models(client):
    assert [model.id for model in client.models.list()] == ["emoji-sd", "tiny-lm", "bert", "fast", "glossy"]
    assert client.models.retrieve("glossy").id == "glossy"


def chats(client):
    whole = client.chat.completions.create(**CHAT, max_completion_tokens=12)
    text = whole.choices[0].message.content
    assert text and whole.choices[0].finish_reason == "length"
    assert whole.usage.completion_tokens == 12
    pieces, usage = [], None
    with client.chat.completions.create(
            **CHAT, max_tokens=12, stream=True, stream_options={"include_usage": True}) as stream:
        for chunk in stream:
            pieces += [choice.delta.content or "" for choice in chunk.choices]
            usage = chunk.usage or usage
    assert "".join(pieces) == text and usage.completion_tokens == 12
    stop = text[len(text) // 2:]
    cut = client.chat.completions.create(**CHAT, max_tokens=12, stop=stop, logprobs=True, top_logprobs=2)
    assert cut.choices[0].message.content == text[:text.index(stop)]
    assert cut.choices[0].finish_reason == "stop"
    first = cut.choices[0].logprobs.content[0]
    assert first.token == first.top_logprobs[0].token and len(first.top_logprobs) == 2
    hot = {**CHAT, "temperature": 0.9, "max_tokens": 12}
    two = client.chat.completions.create(**hot, seed=5, n=2).choices
    alone = client.chat.completions.create(**hot, seed=6).choices[0]
    assert two[0].message.content != two[1].message.content == alone.message.content
    with client.chat.completions.create(**{**CHAT, "max_tokens": 400}, stream=True) as stream:
        next(iter(stream))
    # The client went away; the next request finds room.
    assert client.chat.completions.create(**CHAT, max_tokens=12).choices[0].message.content == text


def completions(client):
    two = client.completions.create(**GREEDY, prompt=[CITIZENS, "The"], max_tokens=9, logprobs=1)
    assert [choice.index for choice in two.choices] == [0, 1]
    assert len(two.choices[0].logprobs.tokens) == 9 and two.usage.completion_tokens == 18
    streamed = client.completions.create(**GREEDY, prompt=CITIZENS, max_tokens=9, stream=True)
    assert "".join(chunk.choices[0].text for chunk in streamed) == two.choices[0].text


def embeddings(client):
    # The client asks for base64 unless it is told otherwise, and decodes it.
    plain = client.embeddings.create(model="bert", input=["a red fox", "fox"], encoding_format="float")
    own = client.embeddings.create(model="bert", input=["a red fox", "fox"])
    for one, other in zip(plain.data, own.data):
        assert len(one.embedding) == len(other.embedding) > 1
        assert max(abs(a - b) for a, b in zip(one.embedding, other.embedding)) < 1e-6
    assert own.usage.total_tokens == 4


def images(client):
    made = client.images.generate(
        model="emoji-sd+glossy:0.7", prompt="a fox", n=2, size="64x64", quality="low", extra_body={"seed": 5})
    files = [base64.b64decode(picture.b64_json) for picture in made.data]
    assert all(file.startswith(b"\x89PNG") for file in files) and files[0] != files[1]


def errors(client):
    for kind, field, change in (
            (openai.NotFoundError, "model", {"model": "gpt-4o"}),
            (openai.BadRequestError, "top_p", {"top_p": 2}),
            (openai.BadRequestError, "presence_penalty", {"presence_penalty": 1})):
        try:
            client.chat.completions.create(**{**CHAT, **change})
        except kind as error:
            assert error.param == field and error.request_id, error
        else:
            raise AssertionError(field)


def main():
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{sys.argv[1]}/v1", api_key="none", max_retries=0)
    for check in (models, chats, completions, embeddings, images, errors):
        check(client)


main()
