package dev.lora4j.diffusion.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Recorded settings of a run, as {@link ResolvedRun} wrote them at its beginning. */
public final class RecordedSettings {
  private static final String NONE = "not set";

  /** Tables that may change when a run resumes: descriptions, previews, checkpoints and logs. */
  private static final Set<String> FREE_TABLES = Set.of("about", "previews", "save", "logging");

  private static final Set<RunKey<?>> FREE =
      Set.of(
          RunKeys.OUT,
          RunKeys.NAME,
          RunKeys.LAYOUT,
          RunKeys.STORED,
          RunKeys.TRIGGERS,
          RunKeys.COMMENT,
          RunKeys.VALIDATION_EVERY,
          RunKeys.VALIDATION_EPOCHS,
          RunKeys.KEEP_BEST);

  private RecordedSettings() {}

  /**
   * Changed settings among those that a step depends on.
   *
   * @param file recorded settings; no differences if it is absent or cannot be read
   * @return a part of a sentence for each
   */
  public static List<String> differences(Path file, RunValues now) {
    SettingLayers layers = new SettingLayers();
    try {
      RunFile.read(RunFile.text(file), String.valueOf(file.getFileName()), layers);
    } catch (RunProblems e) {
      return List.of();
    }
    Map<String, String> before = texts(layers.values());
    Map<String, String> after = texts(now);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String was = before.getOrDefault(name, NONE);
      String is = after.getOrDefault(name, NONE);
      if (!was.equals(is)) {
        differences.add(name + " was " + was + " and is " + is);
      }
    }
    return differences;
  }

  private static Map<String, String> texts(RunValues values) {
    Map<String, String> texts = new LinkedHashMap<>(ResolvedRun.texts(values));
    for (RunKey<?> key : RunKeys.ALL) {
      if (FREE.contains(key) || FREE_TABLES.contains(key.table())) {
        texts.remove(key.name());
      }
    }
    values.data().forEach((key, value) -> texts.put("data." + key, TomlText.of(value)));
    return texts;
  }
}
