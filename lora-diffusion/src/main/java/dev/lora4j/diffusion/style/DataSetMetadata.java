package dev.lora4j.diffusion.style;

import com.google.gson.Gson;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Metadata of the pictures in an adapter's header, in kohya's names and forms. What groups or
 * folders differ in is in {@code ss_datasets} alone, which is there if there are several groups.
 */
final class DataSetMetadata {
  private static final Gson GSON = new Gson();

  private DataSetMetadata() {}

  static Map<String, String> of(DataSet data) {
    List<DataItem> own = data.training().stream().filter(i -> !i.regularisation()).toList();
    List<DataItem> others = data.training().stream().filter(DataItem::regularisation).toList();
    List<GroupMetadata> groups = new ArrayList<>();
    for (int i = 0; i < data.groups().size(); i++) {
      int number = i;
      List<DataItem> items = data.training().stream().filter(t -> t.group() == number).toList();
      if (!items.isEmpty()) {
        groups.add(new GroupMetadata(data.groups().get(i), items));
      }
    }
    Metadata metadata =
        Metadata.EMPTY
            .withAll(agreed(groups.stream().map(GroupMetadata::entries).toList()))
            .withAll(agreed(sources(own).stream().map(SourceMetadata::entries).toList()))
            .with(KohyaKeys.TAG_FREQUENCY, GSON.toJson(tags(own)))
            .with(KohyaKeys.FOLDERS, GSON.toJson(folders(own)))
            .with(KohyaKeys.REGULARISATION_FOLDERS, GSON.toJson(folders(others)));
    if (groups.size() > 1) {
      List<Map<String, Object>> all = groups.stream().map(GroupMetadata::object).toList();
      metadata = metadata.with(KohyaKeys.DATA_SETS, GSON.toJson(all));
    }
    String words = String.join(", ", triggers(own));
    return (words.isEmpty() ? metadata : metadata.with(ModelSpecKeys.TRIGGER_PHRASE, words))
        .entries();
  }

  /** Entries that are the same in all. */
  private static Metadata agreed(List<Metadata> all) {
    Map<String, String> same = new TreeMap<>(all.get(0).entries());
    all.forEach(other -> same.entrySet().retainAll(other.entries().entrySet()));
    return new Metadata(same);
  }

  /** The folders that pictures are from, in their order. */
  static Set<DataSource> sources(List<DataItem> items) {
    Set<DataSource> sources = new LinkedHashSet<>();
    items.forEach(item -> sources.add(item.source()));
    return sources;
  }

  static String name(DataSource source) {
    return Optional.ofNullable(source.folder().getFileName()).map(Path::toString).orElse("");
  }

  private static Map<String, Map<String, Integer>> folders(List<DataItem> items) {
    Map<String, Map<String, Integer>> folders = new TreeMap<>();
    for (DataItem item : items) {
      Map<String, Integer> counts =
          folders.computeIfAbsent(name(item.source()), f -> new TreeMap<>());
      counts.put("n_repeats", item.repeats());
      counts.merge("img_count", 1, Integer::sum);
    }
    return folders;
  }

  /** Counts of each tag by folder, in captions as they are trained, trigger included. */
  static Map<String, Map<String, Integer>> tags(List<DataItem> items) {
    Map<String, Map<String, Integer>> tags = new TreeMap<>();
    for (DataItem item : items) {
      Map<String, Integer> counts = tags.computeIfAbsent(name(item.source()), f -> new TreeMap<>());
      String separator = item.source().captions().separator();
      String caption = item.recipe().plain(item.caption());
      for (String tag : caption.split(Pattern.quote(separator), -1)) {
        if (!tag.isBlank()) {
          counts.merge(tag.strip(), 1, Integer::sum);
        }
      }
    }
    return tags;
  }

  private static Set<String> triggers(List<DataItem> items) {
    Set<String> triggers = new LinkedHashSet<>();
    sources(items).forEach(source -> triggers.add(source.captions().trigger().strip()));
    triggers.remove("");
    return triggers;
  }
}
