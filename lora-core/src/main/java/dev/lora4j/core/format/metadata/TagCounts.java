package dev.lora4j.core.format.metadata;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Counts of the tags in the captions that an adapter was trained on, all folders together.
 *
 * @param counts by tag
 * @param folders the names of the folders
 * @param whole whether the text was undamaged; damaged text is read as far as it goes
 */
public record TagCounts(Map<String, Long> counts, Set<String> folders, boolean whole) {
  /** More different tags than this are not looked at, as are tags longer than a caption is. */
  private static final int MOST = 200_000;

  private static final int LONGEST = 1000;

  /** Tags this long on average are sentences, so that their words count. */
  private static final int SENTENCE = 16;

  private static final Pattern WORD = Pattern.compile("\\w{3,}", Pattern.UNICODE_CHARACTER_CLASS);

  /** Copies its collections. */
  public TagCounts {
    counts = Map.copyOf(counts);
    folders = Collections.unmodifiableSet(new TreeSet<>(folders));
  }

  /** Reads {@code {"folder": {"tag": count}}}. */
  public static TagCounts of(String json) {
    Map<String, Long> counts = new HashMap<>();
    Set<String> folders = new TreeSet<>();
    JsonReader in = new JsonReader(new StringReader(json));
    in.setStrictness(Strictness.LENIENT);
    boolean whole = true;
    try {
      in.beginObject();
      while (in.hasNext()) {
        folders.add(in.nextName());
        folder(in, counts);
      }
      in.endObject();
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      whole = false;
    }
    return new TagCounts(counts, folders, whole);
  }

  private static void folder(JsonReader in, Map<String, Long> counts) throws IOException {
    if (in.peek() != JsonToken.BEGIN_OBJECT) {
      in.skipValue();
      return;
    }
    in.beginObject();
    while (in.hasNext()) {
      String tag = in.nextName().strip();
      if (in.peek() != JsonToken.NUMBER) {
        in.skipValue();
        continue;
      }
      long count = (long) in.nextDouble();
      boolean room = counts.size() < MOST || counts.containsKey(tag);
      if (!tag.isEmpty() && tag.length() <= LONGEST && count > 0 && room) {
        counts.merge(tag, count, Long::sum);
      }
    }
    in.endObject();
  }

  /**
   * The tags that stand most often, most often first. Where captions are sentences, their words of
   * three letters and more, as AUTOMATIC1111 lists them.
   */
  public List<String> top(int most) {
    Map<String, Long> of = sentences() ? words() : counts;
    return of.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .map(Map.Entry::getKey)
        .toList();
  }

  private boolean sentences() {
    return counts.keySet().stream().mapToInt(String::length).average().orElse(0) >= SENTENCE;
  }

  private Map<String, Long> words() {
    Map<String, Long> words = new HashMap<>();
    counts.forEach(
        (tag, count) ->
            WORD.matcher(tag).results().forEach(w -> words.merge(w.group(), count, Long::sum)));
    return words;
  }
}
