package dev.lora4j.studio.library;

import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.format.metadata.TagCounts;
import dev.lora4j.core.format.metadata.TriggerWords;
import dev.lora4j.diffusion.request.FewSteps;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an adapter's header says of it. Anybody may have written it: texts are short and on one
 * line.
 *
 * @param title empty if it says none, as all texts here
 * @param base that it was trained on
 * @param triggers words of prompts that it reacts to
 * @param triggersFrom name of the entry that has them
 * @param tags the commonest of its captions with their counts, the commonest first
 * @param rank 0 if it says none
 * @param alpha 0 if it says none
 * @param thumbnail true if it holds a picture
 * @param fewSteps its use, if it is for few steps: one; else none
 */
record HeaderFacts(
    String title,
    String author,
    String license,
    String base,
    List<String> triggers,
    String triggersFrom,
    Map<String, Long> tags,
    long rank,
    double alpha,
    boolean thumbnail,
    List<FewSteps> fewSteps) {
  static final HeaderFacts NONE =
      new HeaderFacts("", "", "", "", List.of(), "", Map.of(), 0, 0, false, List.of());

  private static final MetadataKey<Long> RANK = MetadataKey.whole(KohyaKeys.NETWORK_DIM.name());
  private static final MetadataKey<Double> ALPHA =
      MetadataKey.number(KohyaKeys.NETWORK_ALPHA.name());
  private static final int MOST_TAGS = 20;
  private static final int LINE = 200;

  /** Copies the lists. */
  HeaderFacts {
    triggers = List.copyOf(triggers);
    fewSteps = List.copyOf(fewSteps);
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }

  static HeaderFacts of(Metadata metadata) {
    TriggerWords words = TriggerWords.of(metadata);
    return new HeaderFacts(
        text(metadata, ModelSpecKeys.TITLE, KohyaKeys.OUTPUT_NAME),
        text(metadata, ModelSpecKeys.AUTHOR),
        text(metadata, ModelSpecKeys.LICENSE),
        text(metadata, KohyaKeys.BASE_NAME),
        words.words().stream().map(ForeignText::line).filter(w -> !w.isEmpty()).toList(),
        words.source().entry(),
        tags(metadata),
        metadata.get(RANK).filter(r -> r > 0).orElse(0L),
        metadata.get(ALPHA).filter(a -> a > 0).orElse(0.0),
        metadata.get(ModelSpecKeys.THUMBNAIL).isPresent(),
        FewSteps.of(metadata.entries()).stream().toList());
  }

  @SafeVarargs
  private static String text(Metadata metadata, MetadataKey<String>... keys) {
    for (MetadataKey<String> key : keys) {
      String found = metadata.get(key).map(text -> ForeignText.cut(text, LINE)).orElse("");
      if (!found.isEmpty()) {
        return found;
      }
    }
    return "";
  }

  private static Map<String, Long> tags(Metadata metadata) {
    Map<String, Long> top = new LinkedHashMap<>();
    TagCounts counts =
        metadata.get(KohyaKeys.TAG_FREQUENCY).map(TagCounts::of).orElse(TagCounts.of("{}"));
    for (String tag : counts.top(MOST_TAGS)) {
      Long count = counts.counts().get(tag);
      // Where captions are sentences, their words are the tags, and have no count of their own.
      top.put(ForeignText.cut(tag, LINE), count == null ? 0 : count);
    }
    return top;
  }
}
