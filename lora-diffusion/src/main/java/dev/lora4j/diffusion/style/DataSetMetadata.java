package dev.lora4j.diffusion.style;

import com.google.gson.Gson;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an adapter's header says of the pictures, in kohya's names and forms. */
final class DataSetMetadata {
  private DataSetMetadata() {}

  static Map<String, String> of(DataSet data) {
    Map<String, Map<String, Integer>> tags = new TreeMap<>();
    Map<String, Map<String, Integer>> folders = new TreeMap<>();
    int batch = 1;
    Bucket largest = new Bucket(1, 1);
    for (DataItem item : data.training()) {
      String folder =
          Optional.ofNullable(item.source().folder().getFileName()).map(Path::toString).orElse("");
      Map<String, Integer> counts = folders.computeIfAbsent(folder, f -> new TreeMap<>());
      counts.put("n_repeats", item.repeats());
      counts.merge("img_count", 1, Integer::sum);
      count(tags.computeIfAbsent(folder, f -> new TreeMap<>()), item);
      batch = Math.max(batch, item.batch());
      Bucket bucket = item.fit().bucket();
      largest =
          bucket.width() * bucket.height() > largest.width() * largest.height() ? bucket : largest;
    }
    Gson gson = new Gson();
    return Metadata.EMPTY
        .with(KohyaKeys.TAG_FREQUENCY, gson.toJson(tags))
        .with(KohyaKeys.FOLDERS, gson.toJson(folders))
        .with(KohyaKeys.BATCH, (long) batch)
        .with(KohyaKeys.RESOLUTION, "(" + largest.width() + ", " + largest.height() + ")")
        .entries();
  }

  private static void count(Map<String, Integer> tags, DataItem item) {
    String separator = item.source().captions().separator();
    for (String tag : item.caption().split(java.util.regex.Pattern.quote(separator), -1)) {
      if (!tag.isBlank()) {
        tags.merge(tag.strip(), 1, Integer::sum);
      }
    }
  }
}
