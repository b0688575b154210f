package dev.lora4j.diffusion.style;

import com.google.gson.Gson;
import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Metadata of pictures that are batched together: a {@code dataset} of kohya's.
 *
 * @param items that are trained on
 */
record GroupMetadata(DataGroup group, List<DataItem> items) {
  /** Entries of the header, where there is one group. */
  Metadata entries() {
    Bucketing sizes = group.bucketing();
    Bucket whole = sizes.resolution();
    HeaderEntries entries =
        new HeaderEntries()
            .put(KohyaKeys.BATCH.name(), group.batch())
            .put(KohyaKeys.RESOLUTION.name(), "(" + whole.width() + ", " + whole.height() + ")")
            .put("ss_enable_bucket", sizes.enabled())
            .put("ss_bucket_no_upscale", sizes.enabled() && sizes.noUpscale());
    if (!sizes.enabled()) {
      return entries.none("ss_min_bucket_reso").none("ss_max_bucket_reso").metadata();
    }
    return entries
        .put("ss_min_bucket_reso", sizes.least())
        .put("ss_max_bucket_reso", sizes.most())
        .put("ss_bucket_info", new Gson().toJson(buckets()))
        .metadata();
  }

  /** Element of {@code ss_datasets}. */
  Map<String, Object> object() {
    Bucketing sizes = group.bucketing();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("is_dreambooth", true);
    all.put("batch_size_per_device", group.batch());
    all.put("num_train_images", count(i -> !i.regularisation()));
    all.put("num_reg_images", count(DataItem::regularisation));
    all.put("resolution", sides(sizes.resolution()));
    all.put("enable_bucket", sizes.enabled());
    if (sizes.enabled()) {
      all.put("min_bucket_reso", sizes.least());
      all.put("max_bucket_reso", sizes.most());
      all.put("bucket_info", buckets());
    }
    all.put("tag_frequency", DataSetMetadata.tags(items));
    all.put(
        "subsets",
        DataSetMetadata.sources(items).stream()
            .map(source -> SourceMetadata.object(source, items))
            .toList());
    return all;
  }

  private int count(Predicate<DataItem> which) {
    return items.stream().filter(which).mapToInt(DataItem::repeats).sum();
  }

  private static List<Integer> sides(Bucket bucket) {
    return List.of(bucket.width(), bucket.height());
  }

  /** Number of pictures by bucket, and the mean error of their aspect ratios. */
  private Map<String, Object> buckets() {
    SortedMap<Bucket, Integer> counts = new TreeMap<>();
    items.forEach(i -> counts.merge(i.fit().bucket(), i.repeats(), Integer::sum));
    Map<String, Object> buckets = new LinkedHashMap<>();
    counts.forEach(
        (bucket, count) ->
            buckets.put(
                Integer.toString(buckets.size()),
                new TreeMap<>(Map.of("resolution", sides(bucket), "count", count))));
    double off =
        items.stream()
            .mapToDouble(i -> i.fit().bucket().aspect() - i.width() / (double) i.height())
            .map(Math::abs)
            .average()
            .orElse(0);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("buckets", buckets);
    all.put("mean_img_ar_error", off);
    return all;
  }
}
