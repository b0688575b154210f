package dev.lora4j.studio.job;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a command has come, as its last line of progress says: {@code training: step 20 of 300,
 * loss 0.12, 40 s left}.
 */
record JobProgress(String task, String unit, long done, long total, String detail) {
  private static final Pattern LINE =
      Pattern.compile("([^:]{1,60}): (\\w+) (\\d{1,15}) of (\\d{1,15})(?:, (.*))?");

  /** What commands say last to those who called them wrongly; a page has no such help. */
  private static final Pattern HINT = Pattern.compile("Try '.* --help'\\.");

  private static final int LOOKED_AT = 4096;

  /** The last progress in a log. */
  static Optional<JobProgress> of(JobFolder folder) {
    List<String> lines = JobFolder.tail(folder.err(), LOOKED_AT).lines().toList();
    for (int i = lines.size() - 1; i >= 0; i--) {
      Matcher matcher = LINE.matcher(lines.get(i));
      if (matcher.matches()) {
        return Optional.of(
            new JobProgress(
                matcher.group(1),
                matcher.group(2),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                matcher.group(5) == null ? "" : matcher.group(5)));
      }
    }
    return Optional.empty();
  }

  /** What a failed command said last, without its progress. */
  static String lastWords(JobFolder folder) {
    List<String> lines =
        JobFolder.tail(folder.err(), LOOKED_AT)
            .lines()
            .filter(line -> !line.isBlank() && !LINE.matcher(line).matches())
            .filter(line -> !HINT.matcher(line).matches())
            .toList();
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).startsWith("lora4j: ")) {
        return String.join("\n", lines.subList(i, lines.size())).substring("lora4j: ".length());
      }
    }
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("task", task);
    json.addProperty("unit", unit);
    json.addProperty("done", done);
    json.addProperty("total", total);
    json.addProperty("detail", detail);
    return json;
  }
}
