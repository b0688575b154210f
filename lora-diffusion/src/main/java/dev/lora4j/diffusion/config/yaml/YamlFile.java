package dev.lora4j.diffusion.config.yaml;

import dev.lora4j.diffusion.config.RunProblems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads a text of YAML with one mapping in it. Aliases and merges ({@code <<}) count as what they
 * stand for; nothing but plain data is made of it.
 */
public final class YamlFile {
  /** Deepest nesting that is read. */
  static final int DEEPEST = 50;

  /** Most values that are read, each as often as aliases repeat it. */
  static final int MOST_VALUES = 100_000;

  private static final int MOST_ALIASES = 100;
  private static final String MERGE = "<<";

  /** Kinds of plain words; a variable of the environment is a text as any other. */
  private static final Set<String> TAGS =
      Set.of("str", "int", "float", "bool", "null", "merge", Tag.ENV_TAG.getValue());

  private final String name;
  private int values;

  private YamlFile(String name) {
    this.name = name;
  }

  /**
   * Reads a text.
   *
   * @param name what to call it in messages
   * @throws RunProblems with line and column, if it is no YAML, has another thing than one mapping,
   *     a key twice, a tag of its own, or is nested or repeated beyond measure
   */
  public static YamlTable read(String text, String name) {
    YamlFile file = new YamlFile(name);
    try {
      file.requireShallow(text);
      Composer composer = new Composer(settings(), parser(text));
      Optional<Node> node = composer.getSingleNode();
      if (node.isPresent() && node.get() instanceof MappingNode mapping) {
        return file.table(mapping, 1);
      }
    } catch (MarkedYamlEngineException e) {
      throw problem(file.at(e.getProblemMark()) + ": " + told(e));
    } catch (YamlEngineException e) {
      throw problem(name + ": " + e.getMessage());
    }
    throw problem(name + " has no mapping of keys to values, as a run file of YAML has.");
  }

  private static String told(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem());
    return problem.contains("'\\t")
        ? "a tab stands where YAML takes spaces alone; indent by spaces."
        : problem + ".";
  }

  private static LoadSettings settings() {
    return LoadSettings.builder()
        .setMaxAliasesForCollections(MOST_ALIASES)
        .setAllowNonScalarKeys(true)
        .build();
  }

  private static ParserImpl parser(String text) {
    return new ParserImpl(settings(), new StreamReader(settings(), text));
  }

  /** The composer calls itself for each level. */
  private void requireShallow(String text) {
    ParserImpl events = parser(text);
    int depth = 0;
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > DEEPEST) {
        throw problem(
            at(event.getStartMark())
                + ": nested deeper than "
                + DEEPEST
                + " levels, which is not read.");
      }
    }
  }

  private YamlTable table(MappingNode mapping, int depth) {
    Map<String, YamlTable.Entry> entries = new LinkedHashMap<>();
    Map<String, YamlTable.Entry> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node node = tuple.getKeyNode();
      if (!(node instanceof ScalarNode key)) {
        throw problem(at(node.getStartMark()) + ": a key is a word, found a list or mapping.");
      }
      Object value = value(tuple.getValueNode(), depth + 1);
      if (key.isPlain() && key.getValue().equals(MERGE)) {
        merge(value, key, merged);
        continue;
      }
      String origin = line(key.getStartMark());
      YamlTable.Entry before = entries.get(key.getValue());
      if (before != null) {
        throw problem(
            at(key.getStartMark())
                + ": "
                + key.getValue()
                + " is said twice, first in "
                + before.origin()
                + "; say it once.");
      }
      entries.put(key.getValue(), new YamlTable.Entry(key.getValue(), value, origin));
    }
    merged.forEach(entries::putIfAbsent);
    return new YamlTable(line(mapping.getStartMark()), entries);
  }

  private void merge(Object value, ScalarNode key, Map<String, YamlTable.Entry> merged) {
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    for (Object one : all) {
      if (!(one instanceof YamlTable table)) {
        throw problem(at(key.getStartMark()) + ": << merges mappings, found another value.");
      }
      table.entries().forEach(merged::putIfAbsent);
    }
  }

  private Object value(Node node, int depth) {
    if (++values > MOST_VALUES || depth > DEEPEST) {
      throw problem(
          at(node.getStartMark())
              + ": aliases repeat too much, or an anchor contains itself; at most "
              + MOST_VALUES
              + " values are read.");
    }
    if (node instanceof MappingNode mapping) {
      return table(mapping, depth);
    }
    if (node instanceof SequenceNode sequence) {
      List<Object> all = new ArrayList<>();
      sequence.getValue().forEach(one -> all.add(value(one, depth + 1)));
      return all;
    }
    if (node instanceof ScalarNode scalar) {
      String tag = scalar.getTag().getValue();
      if (!TAGS.contains(tag.replaceFirst("^tag:yaml.org,2002:", ""))) {
        throw problem(at(node.getStartMark()) + ": the tag " + tag + " is not read; remove it.");
      }
      return scalar.isPlain() ? YamlScalar.of(scalar.getValue()) : scalar.getValue();
    }
    throw problem(at(node.getStartMark()) + ": an alias that stands for nothing.");
  }

  private String at(Optional<Mark> mark) {
    return mark.map(m -> line(mark) + ", column " + (m.getColumn() + 1)).orElse(name);
  }

  private String line(Optional<Mark> mark) {
    return mark.map(m -> name + ", line " + (m.getLine() + 1)).orElse(name);
  }

  private static RunProblems problem(String sentence) {
    return new RunProblems(List.of(sentence));
  }
}
