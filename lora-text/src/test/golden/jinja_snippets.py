"""Makes ../resources/chat-templates/snippets.json: what Jinja makes of each of these small templates as transformers sets it up,
with the same values; no text where it stops with an error.
"""

import json
from pathlib import Path

from transformers.utils.chat_template_utils import _compile_jinja_template

VALUES = {
    "messages": [
        {"role": "system", "content": "Be nice. "},
        {"role": "user", "content": "Hi \U0001f98a there"},
        {"role": "assistant", "content": "Yes\n"},
    ],
    "s": "Hello, World",
    "e": "a\U0001f98ab\U0001f98ac",
    "n": 7,
    "f": 2.5,
    "l": [3, 1, 2],
    "m": ["b", "A", "a", "B"],
    "d": {"b": 1, "a": 2, "C": 3},
    "none": None,
    "t": True,
    "lines": "a\nb\r\nc\n\n","bos_token": "<s>","nested": {"x": {"y": [1, {"z": "q"}]}},
    "num": "3.7","neg": -3,
}

LINES = r'''
{{ s|title }}|{{ "it's a dog-house (of x)"|title }}
{{ "it's"|title }}{{ "it's".title() }}
{{ num|int }} {{ " 4 "|int }} {{ "x"|int }} {{ "x"|int(9) }} {{ f|int }} {{ "1e3"|int }} {{ none|int }}
{{ num|float }} {{ "x"|float }} {{ 3|float }}
{{ lines.splitlines()|length }} {{ lines.splitlines()|tojson }} {{ "".splitlines()|length }}
{{ e.find('b') }} {{ e.rfind('🦊') }} {{ e[e.find('b'):] }} {{ e|length }}
{{ s|replace('l','L',1) }} {{ s.replace('l','L',2) }} {{ "aaa"|replace("a","b") }}
{{ m|unique|list }} {{ m|sort }} {{ m|sort(case_sensitive=true) }} {{ m|max }} {{ m|min }} {{ []|max }} {{ l|max }}
{{ "a\nb\n\nc"|indent }}|{{ "a\nb"|indent(2, true) }}|{{ "\nb"|indent(2, first=true) }}|{{ "a\n\nb"|indent(2, blank=true) }}
{{ d|tojson }} {{ d|tojson(indent=2) }} {{ []|tojson(indent=2) }} {{ {"a":[]}|tojson(indent=2) }} {{ "é\u2028\"\\"|tojson }}
{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 2 ** 3 }} {{ 2 ** -1 }} {{ 7.5 // 2 }} {{ 1e20 }} {{ 0.1 + 0.2 }} {{ 1e-7 }}
{{ -n|abs }} {{ (-n)|abs }} {{ neg|abs }} {{ -n ** 2 }} {{ not n }} {{ not not n }}
{{ "x" * 3 }} {{ 3 * "x" }} {{ [1] + [2] }} {{ "a" ~ 1 ~ none ~ true }} {{ 1 + 2 ~ 3 + 4 }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ "a" < "b" }} {{ "1" == 1 }}
{{ missing }}|{{ missing is defined }}|{{ missing|default("d") }}|{{ ""|default("d") }}|{{ ""|default("d", true) }}|{{ none|default("d") }}|{{ missing|d }}
{{ missing|length }}{{ missing|list }}{{ missing ~ "x" }}{% for x in missing %}y{% else %}z{% endfor %}
{{ missing.x }}
{{ missing + "x" }}
{{ none + "x" }}
{{ nested.x.y[1].z }} {{ nested["x"]["y"][0] }} {{ nested.x.y.1.z }} {{ nested.q is defined }} {{ nested.x.y[5] is defined }} {{ nested.x.y[-1].z }}
{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ m.role }}{{ loop.previtem.role if loop.previtem is defined }}{{ loop.nextitem.role if not loop.last }}{{ loop.cycle('a','b') }};{% endfor %}
{% for m in messages if m.role != 'system' %}{{ loop.index }}{{ m.role }}{{ loop.length }}{% endfor %}
{% for a in l %}{% for b in l %}{{ loop.index }}{{ a }}{{ b }}{% if b == 1 %}{% break %}{% endif %}{% endfor %}{% if a == 1 %}{% continue %}{% endif %}.{% endfor %}
{% set x = 1 %}{% for a in l %}{% set x = x + a %}{{ x }}{% endfor %}{{ x }}
{% set ns = namespace(x=1, y="b") %}{% for a in l %}{% set ns.x = ns.x + a %}{% endfor %}{{ ns.x }}{{ ns.y }}{{ ns.z is defined }}
{% set x %}a{{ n }}b{% endset %}{{ x|upper }}{% set y | upper | trim %} abc {% endset %}[{{ y }}]
{% if n > 5 and s %}A{% elif n %}B{% else %}C{% endif %}{% if not s == "x" %}D{% endif %}{% if s is string and n is number and n is not string %}E{% endif %}
{% macro f(a, b=2, c="x") %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1, 3) }}{{ f(a=1, c=5) }}{{ f() }}
{% macro g(x) %}{% if x > 0 %}{{ x }}{{ g(x - 1) }}{% endif %}{% endmacro %}{{ g(3) }}
{% macro h(x) %} a {{ x }} {% endmacro %}[{{ h(1)|trim }}]{{ h(1) ~ "z" }}{{ h is defined }}
{% with a=1, b=n %}{{ a + b }}{% endwith %}{{ a is defined }}
{% filter upper %}abc{{ s }}{% endfilter %}
{{ s[0] }}{{ s[-1] }}{{ s[1:3] }}{{ s[::-1] }}{{ s[:-1] }}{{ s[10:] }}{{ l[::2] }}{{ l[5:] }}
{{ messages[0]['content'].strip() }}|{{ messages[-1].content|trim }}|{{ messages[1:]|length }}|{{ messages[::-1][0].role }}
{{ messages|map(attribute='role')|join(', ') }}|{{ messages|selectattr('role','equalto','user')|list|length }}|{{ messages|rejectattr('role','in',['user','system'])|map(attribute='content')|list }}
{{ l|map('string')|join('-') }} {{ ["a","b"]|map('upper')|list }} {{ l|select('odd')|list }} {{ l|reject('odd')|list }} {{ l|sum }} {{ l|first }}{{ l|last }} {{ l|reverse|list }} {{ s|reverse }} {{ l|sort(reverse=true) }}
{{ messages|sort(attribute='role')|map(attribute='role')|list }}
{{ [{"a":1},{"a":2}]|sum(attribute='a') }} {{ l|sum(start=10) }}
{{ l|join }} {{ l|join('|') }} {{ "abc"|join(".") }} {{ "abc"|list }}
{{ 'a' in s }} {{ 'H' in s }} {{ 3 in l }} {{ 'b' in d }} {{ 'z' not in d }} {{ n in [7] }} {{ not 3 in l }}
{{ s.split(', ') }} {{ s.split() }} {{ "a  b c".split() }} {{ "a  b c".split(' ') }} {{ "a,b,c".split(',', 1) }} {{ "a,b,c".rsplit(',', 1) }} {{ " a b ".split(None, 1) }} {{ "".split() }} {{ "".split(",") }} {{ "a b c".split(maxsplit=1) }}
{{ s.upper() }}{{ s.lower() }}{{ s.capitalize() }}{{ s|capitalize }}{{ s.startswith('He') }}{{ s.endswith(('ld','x')) }}{{ s.count('l') }}{{ s.index('W') if false }}
{{ "  x ".lstrip() }}|{{ "  x ".rstrip() }}|{{ "xxaxx".strip('x') }}|{{ "\n\na".lstrip('\n') }}|{{ "abc".removeprefix('a') }}{{ "abc".removesuffix('c') }}
{{ "12".isdigit() }}{{ "ab".isalpha() }}{{ "".isdigit() }}{{ " ".isspace() }}{{ "a1".isalnum() }}{{ "AB".isupper() }}{{ "ab".islower() }}
{{ d.get('b') }}{{ d.get('zz') }}{{ d.get('zz', 5) }}{{ d.b }}{{ d['C'] }}{{ d.items is defined }}
{{ 1.0 }} {{ 100000000000000000000.0 }} {{ 1e16 }} {{ 123456789.123 }} {{ 1/3 }} {{ -0.0 }} {{ 10 ** 2 }} {{ 2.0 ** 3 }}
{{ true }}{{ false }}{{ none }}{{ True }}{{ None }}
{{ n is odd }}{{ n is even }}{{ n is divisibleby 7 }}{{ n is divisibleby(2) }}{{ none is none }}{{ d is mapping }}{{ l is sequence }}{{ l is iterable }}{{ s is iterable }}{{ n is integer }}{{ f is float }}{{ t is boolean }}{{ t is true }}{{ f is sameas f }}{{ n is eq 7 }}{{ n is gt 3 }}{{ s is lower }}{{ n is in [7,8] }}{{ t is number }}{{ t is integer }}{{ d is sequence }}
{{ "a" if n else "b" }}{{ "a" if not n }}{{ ("x" if n == 7 else "y") ~ "z" }}{{ 1 if 0 else 2 if 0 else 3 }}
{{ raise_exception("stop") }}
{{ "a" "b" }} {{ 'it\'s' }} {{ "\u00e9\x41\n" }}|{{ "tab\there" }}|{{ '\d' }}
{#- comment -#}  x  {#- c #} y
  {% if true %}
    a
  {% endif %}
b
{%- if true -%}  a  {%- endif -%} b
{%+ if true %} a {% endif +%} b
{% raw %}{{ x }}{% if %}{% endraw %}
a {{- n -}} b {{ n }}
{{ range(3)|list }}{{ range(1, 4)|list }}{{ range(5, 0, -2)|list }}
{{ dict(a=1, b=2) }} {{ dict(a=1).a }}
{{ n|string + "x" }} {{ [1,2]|string }} {{ none|string }} {{ true|lower }} {{ n|upper }}
{{ s|length > 3 }} {{ (s|length) + 1 }} {{ s|upper|lower|length }}
{{ n | round }} {{ 2.567|round(1) }} {{ 2.5|round }} {{ 2.567|round(1,'floor') }}
{{ d|length }} {{ d|first }} {{ d.values()|sum }}
{% for k, v in d.items() %}{{ k }}={{ v }}{{ ", " if not loop.last }}{% endfor %}
{% for k, v in d|dictsort %}{{ k }}={{ v }};{% endfor %}{% for x in "ab" %}{{ x }}.{% endfor %}
{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, e2) = [3, 4] %}{{ c }}{{ e2 }}
{% set a = [1, 2, 3] %}{{ a[1:] + [9] }}{{ a|length }}{% set b = {"k": "v"} %}{{ b.k }}
{% if missing %}x{% elif missing.y is defined %}y{% else %}z{% endif %}
{% if messages[0].tool_calls %}x{% else %}y{% endif %}{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}{{ rest|length }}
{% for i in range(3) %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}
{{ loop is defined }}{{ namespace is defined }}{{ range is defined }}{{ raise_exception is callable }}
{{ [1, 2, 3][1] }} {{ {"a": 1}["a"] }} {{ "abc"[1] }} {{ (1, 2)[0] }} {{ [[1, 2], [3]][0][1] }}
{{ 5 if n is defined and n is not none else 6 }} {{ n is not defined }} {{ not missing is defined }}
{{ s|trim('Hd') }} {{ "xx"|trim("x") }}|
{{ l|tojson }} {{ none|tojson }} {{ true|tojson }} {{ 1.5|tojson }} {{ "a"|tojson }} {{ messages[0]|tojson }}
{{ "a,b"|replace(",", "\n") }} {{ "A"|lower }} {{ "ß"|upper }} {{ "İ"|lower|length }}
{{ [3,1]|sort|first }} {{ ["b","a"]|sort|join }} {{ [true, false]|sort }} {{ [none]|first is none }}
{{ l is defined and l|length > 0 and l[0] == 3 }} {{ l and "y" or "n" }} {{ [] or "n" }} {{ 0 or none }} {{ "" and 1 }}
{% set x = "a" if n > 3 else "b" %}{{ x }}{% set x = x ~ "c" %}{{ x }}
{% if (n > 3) and (s or missing) %}ok{% endif %}{% if n in (1, 7) %}in{% endif %}{% if s in ("Hello, World",) %}tuple{% endif %}
{{ "a"|default }}{{ messages[5].role|default("none") }}
{{ messages[5].role }}
{{ undefinedfunc() }}
{{ s|nofilter }}
{% if false %}{{ s|nofilter }}{% endif %}ok
{{ s is notest }}
{{ 1 // 0 }}
{{ "a" < 1 }}
{{ l.append(4) }}{{ l }}
{{ d.pop('b') }}
{{ d.update({"z": 1}) }}
{% for a, b in [[1, 2], [3, 4]] %}{{ a + b }} {% endfor %}{% for a, b in [(1, 2, 3)] %}x{% endfor %}
{% call f() %}{% endcall %}
{{ f"x" }}
{{ s..x }}
{{ (n }}
{% if %}x{% endif %}
{% endif %}
{% for x in l %}
{{ "unclosed }}
{{ n | default(1) | string | upper }} {{ (n|string)|length }} {{ -1|abs }} {{ 2|abs + 3 }}
{{ not true and false }} {{ not (true and false) }} {{ 1 + 2 * 3 - 4 / 2 }} {{ (1 + 2) * 3 }} {{ 2 * 3 % 4 }} {{ 7 - 2 - 1 }} {{ 2 ** 3 ** 2 }}
{{ "a" ~ ("b" if t) ~ "c" }} {{ "a" ~ missing ~ "c" }} {{ [missing] }} {{ {"a": missing}|length }}
{{ [1,2,3]|map('abs')|list }} {{ ["a b"]|map('replace', ' ', '_')|list }} {{ [{"x":1}]|map(attribute='y', default=5)|list }} {{ [[1,2]]|map('first')|list }}
{{ messages|selectattr('content')|list|length }} {{ messages|selectattr('role', '==', 'user')|map(attribute='content')|first }} {{ messages|selectattr('tool', 'defined')|list|length }} {{ ["", "a"]|select|list }}
{{ "\u2003x\u00a0"|trim }}|{{ "\x1cx\x1f"|trim }}|{{ "\u200bx"|trim|length }}|{{ "\ufeffx"|trim|length }}|{{ "\x85x"|trim|length }}
{{ "a\nb"|trim("b") }} {{ 2.675|round(2) }} {{ -2.5|round }} {{ 3.2|round(0,'ceil') }} {{ 1234|round(-2) }} {{ 7.0|round|int }}
{{ m|unique(case_sensitive=true)|list }} {{ messages|unique(attribute='role')|list|length }} {{ messages|max(attribute='role') == messages[1] }} {{ d|dictsort(by='value')|map('first')|list }} {{ d|dictsort(reverse=true)|map('last')|list }} {{ d|dictsort(true)|map('first')|list }}
{{ "AB"|lower|trim|upper|length }} {{ "x"|upper(1) }}
{{ l|join(attribute='x') }} {{ messages|join(',', attribute='role') }} {{ messages|join(d='-', attribute='role') }}
{{ "a b"|title }}{{ "x-y"|title }}{{ "HELLO wORLD"|title }}{{ "été"|title }}
{{ s.find('zz') }} {{ "🦊a".rfind('a') }} {{ "a1".isupper() }}{{ "A1".isupper() }}{{ "1".isupper() }}
{{ "a\x0bb\x0cc\x1cd\u2028e".splitlines()|length }} {{ "a\n\nb".splitlines()|tojson }} {{ "\n".splitlines()|tojson }}
{{ "a,b,c".split(sep=',') }} {{ "a,b,c".split(',', maxsplit=1) }} {{ "a,b,c".rsplit(',', maxsplit=1) }} {{ "a b".split(sep=none) }}
'''

# White space, and what spans lines.
OTHERS = [
    "{% for m in messages %}\n    {%- if m.role == 'user' %}\n        {{- 'U' }}\n    {%- else %}\n        {{- m.role }}\n    {% endif %}\n{% endfor %}\nend\n",
    "  {# c #}\n x {# d #}  \n{% set a = 1 %}\n  {% set b = 2 %}  \ny",
    "{% if true %}\n\n a\n{% endif %}\n\nb\n\n",
    "\t{% if true %}\tx\t{% endif %}\t\n",
    "a\r\n{% if true %}\r\nb\r\n{% endif %}\r\nc",
    "{{ n }}\n{{ n }}\n",
    "{%- for x in l -%}\n {{ x }}\n{%- endfor -%}\n z",
    "x{% if true %}{% endif %}   {% if true %}y{% endif %}",
    "  {%- set x = 1 -%}  \n  y",
    "{{ '{{' }}{{ '%}' }}{# {{ n }} #}",
    "{% set x = '%}' %}{{ x }}",
    "{% raw -%}  a {%- endraw %}b",
    "{% macro a() -%}\n x\n{%- endmacro -%}\n{{ a() }}",
    "{% set ns = namespace() %}{% set ns.a = 1 %}{{ ns.a }}",
    "{% set ns = namespace(f=false) %}{% for m in messages if m.role=='user' %}{% set ns.f = true %}{% endfor %}{{ ns.f }}",
    "{%- if messages[0]['role'] == 'system' -%}\n{{- bos_token + messages[0]['content'] | trim + '\\n\\n' -}}\n{%- endif -%}",
    "{{ bos_token }}{% for m in messages %}{{ '[' + m['role'] + ']' + m['content'] | trim + '\n' }}{% endfor %}",
    "{{ messages[0]['content'] | trim + 'x' }}",
    "{{ 'a' + 'b' | upper }}",
    "{{ ('a' + 'b') | upper }}",
    "{{ 1 + 2 | string }}",
    "{{ 'a' ~ 'b' | upper ~ 'c' }}",
    "{{ -1 | string | length }}",
    "{{ 'x' in 'xyz' | upper }}",
    "{{ 3 is odd and 4 is even }}",
    "{{ 'a' == 'a' | upper }}",
]


def main():
    cases = []
    for template in LINES.strip().split("\n") + OTHERS:
        try:
            text = _compile_jinja_template(template).render(**VALUES)
        except Exception:
            text = None
        cases.append({"template": template, "text": text})
    folder = Path(__file__).parent.parent / "resources" / "chat-templates"
    (folder / "snippets.json").write_text(json.dumps({"values": VALUES, "cases": cases}, indent=1) + "\n")
    print(len(cases), "templates,", sum(c["text"] is None for c in cases), "of which stop")


if __name__ == "__main__":
    main()
