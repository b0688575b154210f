package dev.lora4j.diffusion.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prompts of a file in one of the forms of sd-scripts: a text with one in each line and options
 * behind {@code --}, a table {@code [prompt]} of TOML with {@code [[prompt.subset]]}, or a list of
 * JSON.
 */
final class PromptFile {
  private static final String PROMPT = "prompt";
  private static final String SUBSET = "subset";

  private final List<String> prompts = new ArrayList<>();
  private boolean more;

  private PromptFile() {}

  /**
   * Reads a file.
   *
   * @throws RunProblems if it cannot be read, or something in it has no prompt
   */
  static PromptFile read(Path file) {
    PromptFile read = new PromptFile();
    String name = String.valueOf(file.getFileName());
    String text = RunFile.text(file);
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".toml")) {
      read.toml(text, name);
    } else if (lower.endsWith(".json")) {
      read.json(text, name);
    } else {
      text.lines().map(String::strip).filter(line -> !line.startsWith("#")).forEach(read::line);
    }
    return read;
  }

  /** The prompts alone. */
  List<String> prompts() {
    return List.copyOf(prompts);
  }

  /** True if the file has more than prompts: sizes, seeds, negative prompts. */
  boolean more() {
    return more;
  }

  private void line(String line) {
    String prompt = line.replaceFirst("(^|\\s)--.*$", "").strip();
    more |= !prompt.equals(line);
    if (!prompt.isEmpty()) {
      prompts.add(prompt);
    }
  }

  private void toml(String text, String name) {
    if (RunFile.plain(RunFile.parsed(text, name).get(PROMPT)) instanceof Map<?, ?> all
        && all.get(SUBSET) instanceof List<?> subsets) {
      more |= all.keySet().stream().anyMatch(key -> !key.equals(PROMPT) && !key.equals(SUBSET));
      for (Object subset : subsets) {
        Map<?, ?> one = subset instanceof Map<?, ?> table ? table : Map.of();
        said(one.containsKey(PROMPT) ? one.get(PROMPT) : all.get(PROMPT), name);
        more |= one.keySet().stream().anyMatch(key -> !key.equals(PROMPT));
      }
      return;
    }
    throw problem(name, "has no [prompt] with [[prompt.subset]] in it");
  }

  private void json(String text, String name) {
    JsonElement all;
    try {
      all = JsonParser.parseString(text);
    } catch (JsonParseException e) {
      throw problem(name, "is no JSON (" + e.getMessage() + ")");
    }
    if (!(all instanceof JsonArray list)) {
      throw problem(name, "is no list");
    }
    for (JsonElement one : list) {
      if (one.isJsonObject()) {
        JsonElement prompt = one.getAsJsonObject().get(PROMPT);
        said(prompt != null && prompt.isJsonPrimitive() ? prompt.getAsString() : "", name);
        more |= one.getAsJsonObject().size() > 1;
      } else if (one.isJsonPrimitive()) {
        line(one.getAsString().strip());
      } else {
        throw problem(name, "has " + one + ", which is no prompt");
      }
    }
  }

  private void said(@Nullable Object prompt, String name) {
    if (!(prompt instanceof String text) || text.isBlank()) {
      throw problem(name, "has a picture without a text as its prompt");
    }
    prompts.add(text.strip());
  }

  private static RunProblems problem(String name, String what) {
    return new RunProblems(List.of("the prompts in " + name + " cannot be read: it " + what + "."));
  }
}
