package dev.lora4j.diffusion.config.aitoolkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunFile;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunValues;
import dev.lora4j.diffusion.config.SettingLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each key that ai-toolkit reads is honoured, told of, refused by name, or has nothing to tell. */
class AiToolkitKeysTest {
  private static final Path RESOURCES = Path.of("src/test/resources/ai-toolkit");

  /** Keys whose rows are for flows. */
  private static final Set<String> FLOWS = Set.of("arch", "is_v3", "is_flux");

  @TempDir private Path folder = Path.of("");

  static List<String> rows() throws IOException {
    return lines("outcomes.txt");
  }

  private static List<String> lines(String file) throws IOException {
    try (Stream<String> all = Files.lines(RESOURCES.resolve(file))) {
      return all.filter(line -> !line.startsWith("#")).toList();
    }
  }

  /** The list is made by ai_toolkit_keys.py from the reference itself. */
  @Test
  void everyKeyOfTheReferenceHasAnOutcome() throws IOException {
    TreeSet<String> rows =
        rows().stream()
            .map(row -> row.replaceFirst(" \\|.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(lines("keys.txt")), rows);
  }

  /** A configuration of few keys, one of which has another value. */
  private SettingLayers read(String section, String key, String value) throws IOException {
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    sections.put("network", entries("type", "lora", "linear", "4"));
    sections.put("network_kwargs", entries());
    sections.put("train", entries("steps", "10"));
    sections.put("ema_config", entries());
    sections.put("model", entries("name_or_path", "base"));
    sections.put("datasets", entries("folder_path", "pictures"));
    sections.put("sample", entries("prompts", "[a fox]"));
    sections.put("samples", entries());
    sections.put("save", entries());
    sections.put("logging", entries());
    Map<String, String> process = entries("type", "sd_trainer", "training_folder", "output");
    if (!section.equals("process")) {
      sections.getOrDefault(section, Map.of()).put(key, value);
    }
    if (FLOWS.contains(key)) {
      sections.getOrDefault("train", Map.of()).put("noise_scheduler", "flowmatch");
    }
    if (section.equals("datasets") && key.equals("dataset_path")) {
      sections.getOrDefault(section, Map.of()).remove("folder_path");
    }
    nested(sections, "network", "network_kwargs");
    nested(sections, "train", "ema_config");
    Map<String, String> items = sections.getOrDefault("samples", Map.of());
    sections.remove("samples");
    if (!items.isEmpty()) {
      items.putIfAbsent("prompt", "a fox");
      sections.getOrDefault("sample", Map.of()).put("samples", "[" + flow(items) + "]");
    }
    sections.forEach(
        (name, all) ->
            process.put(name, name.equals("datasets") ? "[" + flow(all) + "]" : flow(all)));
    if (section.equals("process")) {
      process.put(key, value);
    }
    Files.createDirectories(folder.resolve("base"));
    Path file = folder.resolve("run.yaml");
    Files.writeString(
        file, "job: extension\nconfig:\n  name: mine\n  process:\n    - " + flow(process) + "\n");
    SettingLayers layers = new SettingLayers();
    RunFile.read(file, layers, new AiToolkitFormat());
    return layers;
  }

  private static void nested(
      Map<String, Map<String, String>> sections, String outer, String inner) {
    Map<String, String> all = sections.getOrDefault(inner, Map.of());
    sections.remove(inner);
    if (!all.isEmpty()) {
      sections.getOrDefault(outer, Map.of()).put(inner, flow(all));
    }
  }

  private static Map<String, String> entries(String... words) {
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < words.length; i += 2) {
      all.put(words[i], words[i + 1]);
    }
    return all;
  }

  private static String flow(Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void keyHasItsOutcome(String row) throws IOException {
    String[] parts = row.split(" \\| ", 3);
    String[] name = parts[0].split(" ", 2);
    String outcome = parts[2];
    SettingLayers layers = read(name[0], name[1], parts[1]);
    String full = name[0] + "." + name[1];
    if (outcome.equals("refused")) {
      String problems =
          String.valueOf(assertThrows(RunProblems.class, layers::values).getMessage());
      assertTrue(problems.contains(name[1]), problems);
      return;
    }
    RunValues values = layers.values();
    String notes = layers.notes().toString();
    switch (outcome) {
      case "note" -> assertTrue(notes.contains(name[1]), notes);
      case "quiet" -> assertFalse(notes.contains(full + " "), notes);
      default -> set(outcome, values);
    }
  }

  private static void set(String outcome, RunValues values) {
    String[] sides = outcome.split(" [=~] ", 2);
    String text = ResolvedRun.texts(values).get(sides[0]);
    if (text == null) {
      String line = sides[0] + (sides[1].startsWith("= ") ? " " + sides[1] : " = \"");
      String toml = ResolvedRun.toml(values);
      assertTrue(toml.contains(line), toml);
      assertTrue(toml.contains(sides[1]), toml);
    } else if (outcome.contains(" ~ ")) {
      assertTrue(text.contains(sides[1]), text);
    } else {
      assertEquals(sides[1], text);
    }
  }
}
