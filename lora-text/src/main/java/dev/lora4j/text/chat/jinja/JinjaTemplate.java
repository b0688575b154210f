package dev.lora4j.text.chat.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A template of Jinja's language (jinja.palletsprojects.com), run as transformers runs chat
 * templates: {@code trim_blocks} and {@code lstrip_blocks} are on, nothing is escaped, and values
 * cannot be changed. It reads nothing but its values. An unknown name is an error when the template
 * is read, as far as that shows there.
 *
 * <p>May be used from several threads.
 */
public final class JinjaTemplate {
  /** Most characters of a text, the template and what it writes included. */
  static final int LONGEST = 16 << 20;

  /** Most elements of a list. */
  static final int MOST_ELEMENTS = 1 << 20;

  /** Most elements of a {@code range}, as in Jinja's sandbox. */
  private static final long LONGEST_RANGE = 100_000;

  private final List<Statement> statements;

  private JinjaTemplate(List<Statement> statements) {
    this.statements = statements;
  }

  /**
   * Reads a template.
   *
   * @throws JinjaException if it has mistakes, or statements that are not known, or is too long or
   *     nested too deeply
   */
  public static JinjaTemplate of(String source) {
    if (source.length() > LONGEST) {
      throw JinjaException.of("the template has more than " + LONGEST + " characters");
    }
    return new JinjaTemplate(List.copyOf(TemplateParser.parse(source)));
  }

  /**
   * Runs it.
   *
   * @param values text, {@link Long}, {@link Double}, {@link Boolean}, lists and maps of these,
   *     {@link Callable}, and {@link #none()}
   * @throws JinjaException if it requires something impossible, or more than a few seconds of work,
   *     texts and lists of some hundred megabytes, or calls without an end
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public String render(Map<String, Object> values) {
    Scope scope = Scope.of(values);
    Callable range = (places, names) -> range(places);
    Callable namespace = (places, names) -> namespace(places, names);
    Callable dict = (places, names) -> new LinkedHashMap<Object, Object>(names);
    scope.set("range", range);
    scope.set("namespace", namespace);
    scope.set("dict", dict);
    Budget.begin();
    try {
      return new Interpreter().run(statements, scope.inner());
    } catch (StackOverflowError e) {
      throw JinjaException.of(
          "macros call each other without an end, or values are in each other too deep");
    } catch (ArithmeticException | IndexOutOfBoundsException | NumberFormatException e) {
      throw JinjaException.of("a value cannot be computed: " + e.getMessage());
    } finally {
      Budget.end();
    }
  }

  /** The value that Python calls None. */
  public static Object none() {
    return Absent.NONE;
  }

  /** The error with which a template stops by itself. */
  public static JinjaException raised(String message) {
    return JinjaException.of(message);
  }

  private static Object namespace(List<Object> places, Map<String, Object> names) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (Object place : places) {
      if (place instanceof Map<?, ?> map) {
        map.forEach((key, value) -> members.put(PythonText.of(key), value));
      }
    }
    members.putAll(names);
    return new Namespace(members);
  }

  private static Object range(List<Object> places) {
    if (places.isEmpty() || places.size() > 3) {
      throw JinjaException.of("range takes one to three numbers");
    }
    long from = places.size() > 1 ? Values.whole(places.get(0)) : 0;
    long to = Values.whole(places.get(places.size() > 1 ? 1 : 0));
    long step = places.size() > 2 ? Values.whole(places.get(2)) : 1;
    if (step == 0) {
      throw JinjaException.of("range has the step 0");
    }
    if (step > 0 ? to <= from : to >= from) {
      return new java.util.ArrayList<>();
    }
    long span = to - from;
    boolean overflown = span > 0 != to > from;
    if (overflown || (span - Long.signum(step)) / step >= LONGEST_RANGE) {
      throw JinjaException.of("Range too big.");
    }
    long count = (span - Long.signum(step)) / step + 1;
    List<Object> numbers = new java.util.ArrayList<>();
    Budget.list(count);
    for (long i = 0; i < count; i++) {
      numbers.add(from + i * step);
    }
    return numbers;
  }
}
