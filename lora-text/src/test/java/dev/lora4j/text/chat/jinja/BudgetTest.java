package dev.lora4j.text.chat.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates that would never end, fill the memory or nest without an end. */
@Tag("slow")
class BudgetTest {
  private static final String DOUBLED =
      "{% set n = namespace(a=[1], b=[1]) %}{% for i in range(60) %}"
          + "{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}{% endfor %}";
  private static final String LONG = "{% set t = 'ab' * 4000000 %}";
  private static final String ITEMS = "{% set l = range(100000) | list %}";

  /** What is tried, and a part of what is said of it. */
  record Case(String template, String said) {
    @Override
    public String toString() {
      return template.length() < 90 ? template : template.substring(0, 90);
    }
  }

  private static Case of(String template, String said) {
    return new Case(template, said);
  }

  static Stream<Case> texts() {
    return Stream.of(
        of("{{ 'x' * 1000000000 }}", "a text would have more"),
        of("{{ 1000000000 * 'x' }}", "a text would have more"),
        of("{{ 'x' * 9223372036854775807 }}", "a text would have more"),
        of(LONG + "{{ t ~ t ~ t }}", "a text would have more"),
        of(LONG + "{{ t + t + t }}", "a text would have more"),
        of(LONG + "{{ t | replace('a', 'aaaaaa') }}", "a text would have more"),
        of(LONG + "{{ t.replace('', 'aaa') }}", "a text would have more"),
        of(LONG + "{{ t.replace('b', 'aaaaaa', 3999999) }}", "a text would have more"),
        of(LONG + "{{ [t, t, t] | join }}", "a text would have more"),
        of(LONG + "{{ range(100) | join(t) }}", "a text would have more"),
        of(LONG + "{{ t.join(['a', 'b', 'c', 'd']) }}", "a text would have more"),
        of(LONG + "{{ [t, t, t] }}", "a text would have more"),
        of(LONG + "{{ [t, t, t] | tojson }}", "a text would have more"),
        of(LONG + "{{ t }}{{ t }}{{ t }}", "a text would have more"),
        of("{{ 'a\nb' | indent(2000000000) }}", "is moved in by"),
        of("{{ [1] | tojson(indent=9223372036854775807) }}", "is moved in by"),
        of(LONG + "{{ 'a\nb\nc' | indent(t, true) }}", "a text would have more"),
        of("{{ [[1]] | tojson(indent=10000000) }}", "a text would have more"),
        of(DOUBLED + "{{ n.a }}", "characters"),
        of(DOUBLED + "{{ n.a | tojson }}", "characters"),
        of(LONG + "{% for i in range(1000) %}{% set u = t ~ i %}{% endfor %}", "in all"),
        of(LONG + "{{ range(1000) | map('replace', '1', t) | list | length }}", "in all"),
        of(
            "{% set n = namespace(t='x') %}{% for i in range(99) %}{% set n.t = n.t ~ n.t %}"
                + "{% endfor %}",
            "a text would have more"));
  }

  static Stream<Case> lists() {
    return Stream.of(
        of("{{ range(1000000000000) }}", "Range too big"),
        of("{{ range(-9223372036854775807, 9223372036854775807) }}", "Range too big"),
        of("{{ range(9223372036854775807, 0, -1) }}", "Range too big"),
        of(
            "{% set n = namespace(l=[1]) %}{% for i in range(99) %}{% set n.l = n.l + n.l %}"
                + "{% endfor %}",
            "a list would have more"),
        of(LONG + "{{ t | list }}", "a list would have more"),
        of(LONG + "{% for c in t %}{% endfor %}", "a list would have more"),
        of(ITEMS + "{% for i in l %}{% set k = l + [i] %}{% endfor %}", "in all"));
  }

  static Stream<Case> work() {
    return Stream.of(
        of(
            ITEMS
                + "{% for i in l %}{% for j in l %}{% for k in l %}{% endfor %}{% endfor %}"
                + "{% endfor %}",
            ""),
        of(ITEMS + "{{ l | unique | list | length }}", "come to an end"),
        of(ITEMS + "{% for i in l %}{% if -1 in l %}{% endif %}{% endfor %}", ""),
        of(LONG + "{{ ('a' * 4000000) in ('b' ~ t) }}", "come to an end"),
        of(LONG + "{{ t.count('a' * 1000000) }}", "come to an end"),
        of(LONG + "{{ t.rsplit('b', 3000000) | length }}", "come to an end"),
        of(DOUBLED + "{{ n.a == n.b }}", "come to an end"),
        of("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "deep"),
        of(
            "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
            "deep"),
        of(
            "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
                + "{{ m(60) }}",
            "come to an end"));
  }

  static Stream<Case> nesting() {
    String deep =
        "{% set n = namespace(l=[]) %}{% for i in range(50000) %}"
            + "{% set n.l = [n.l] %}{% endfor %}";
    return Stream.of(
        of("{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}", "deep"),
        of("{{ " + "[".repeat(100_000) + "1" + "]".repeat(100_000) + " }}", "deep"),
        of("{{ " + "f(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}", "deep"),
        of("{{ " + "{1:".repeat(10_000) + "1" + "}".repeat(10_000) + " }}", "deep"),
        of("{{ a" + "[a".repeat(10_000) + "]".repeat(10_000) + " }}", "deep"),
        of("{{ " + "not ".repeat(100_000) + "1 }}", "more than 2000"),
        of("{{ " + "-".repeat(100_001) + "1 }}", "more than 2000"),
        of("{{ 1" + " + 1".repeat(100_000) + " }}", "more than 2000"),
        of("{{ 1" + " ~ 1".repeat(100_000) + " }}", "more than 2000"),
        of("{{ 1" + " ** 1".repeat(100_000) + " }}", "more than 2000"),
        of("{{ 1" + " or 1".repeat(100_000) + " }}", "more than 2000"),
        of("{{ 'a'" + " | trim".repeat(100_000) + " }}", "more than 2000"),
        of("{{ a" + ".b".repeat(100_000) + " }}", "more than 2000"),
        of("{{ a" + "()".repeat(100_000) + " }}", "more than 2000"),
        of("{{ 1" + " if 1".repeat(100_000) + " }}", "more than 2000"),
        of("{% if 1 %}".repeat(10_000) + "{% endif %}".repeat(10_000), "deep"),
        of("{% for i in [1] %}".repeat(10_000) + "{% endfor %}".repeat(10_000), "deep"),
        of("{% set a %}".repeat(10_000) + "{% endset %}".repeat(10_000), "deep"),
        of(deep + "{{ n.l }}", "deep"),
        of(deep + "{{ n.l | tojson }}", "deep"),
        of(deep + "{{ n.l == [n.l] }}", "deep"));
  }

  static Stream<Case> values() {
    return Stream.of(
        of("{{ 5 is divisibleby(0) }}", "cannot be computed"),
        of("{{ {[1]: 2} }}", "unhashable"),
        of("{{ {1: 2}[[1]] }}", "unhashable"));
  }

  static Stream<Case> all() {
    return Stream.of(texts(), lists(), work(), nesting(), values()).flatMap(s -> s);
  }

  @ParameterizedTest
  @MethodSource("all")
  void unboundedTemplateStopsWithItsReason(Case tried) {
    JinjaException e =
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () ->
                assertThrows(
                    JinjaException.class,
                    () -> JinjaTemplate.of(tried.template()).render(Map.of())));
    assertTrue(String.valueOf(e.getMessage()).contains(tried.said()), e.getMessage());
  }

  /** What stays within the budget is as in Python, whatever the numbers. */
  @Test
  void largeNumbersWithSmallResultsAreAllowed() {
    Map<String, String> cases =
        Map.of(
            "{{ range(9223372036854775806, 9223372036854775807) | list }}",
            "[9223372036854775806]",
            "{{ 'abc'[0:9223372036854775807] }}",
            "abc",
            "{{ [1, 2, 3][::9223372036854775807] }}",
            "[1]",
            "{{ 1.25 | round(2147483647) }}",
            "1.25",
            "{{ '' * 9223372036854775807 }}",
            "",
            "{{ 'x' * -5 }}",
            "");
    cases.forEach(
        (template, text) ->
            assertEquals(text, JinjaTemplate.of(template).render(Map.of()), template));
  }

  @Test
  void aTextOfTheConversationMayBeLong() {
    String said = "word ".repeat(400_000);
    List<Object> messages =
        List.of(Map.of("role", "user", "content", said), Map.of("role", "system", "content", "x"));
    String text =
        JinjaTemplate.of(
                "{% for m in messages %}{% if '</think>' in m.content %}!{% endif %}"
                    + "{{ m['role'] ~ ': ' ~ m['content'] | trim }}{% endfor %}")
            .render(Map.of("messages", messages));
    assertEquals(said.length() - 1 + "user: system: x".length(), text.length());
  }

  @Test
  void interruptionEndsTheTemplate() {
    Thread.currentThread().interrupt();
    JinjaTemplate template =
        JinjaTemplate.of(
            "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}");
    try {
      assertThrows(CancellationException.class, () -> template.render(Map.of()));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }
}
