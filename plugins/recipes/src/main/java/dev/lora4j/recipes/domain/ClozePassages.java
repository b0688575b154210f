package dev.lora4j.recipes.domain;

import dev.lora4j.cli.console.Json;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Passages of texts whose last word is asked for, in the form of LAMBADA. */
final class ClozePassages {
  /** Words of a passage before the last one. */
  private static final int WORDS = 60;

  /** A sentence that ends in a word of four letters or more. */
  private static final Pattern LAST = Pattern.compile("([A-Za-z]{4,})[.!?]$");

  private ClozePassages() {}

  /** Lines of {@code {"prompt", "completion"}}, the ends of sentences that do not overlap. */
  static List<Json> of(Path data) throws IOException {
    List<Json> lines = new ArrayList<>();
    for (TextExample example : TextDataSet.read(data).examples()) {
      if (example instanceof TextExample.Plain plain) {
        add(lines, List.of(plain.text().strip().split("\\s+")));
      }
    }
    return lines;
  }

  private static void add(List<Json> lines, List<String> words) {
    int from = 0;
    for (int i = WORDS; i < words.size(); i++) {
      Matcher last = LAST.matcher(words.get(i));
      if (i - from >= WORDS && last.find()) {
        String before = String.join(" ", words.subList(i - WORDS, i));
        lines.add(new Json().put("prompt", before).put("completion", " " + last.group(1)));
        from = i + 1;
      }
    }
  }
}
