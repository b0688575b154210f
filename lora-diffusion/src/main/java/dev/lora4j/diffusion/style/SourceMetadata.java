package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.Augmentations;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metadata of a folder of pictures in an adapter's header: a {@code subset} of kohya's. */
final class SourceMetadata {
  private SourceMetadata() {}

  /** Entries of the header, where there is one folder. */
  static Metadata entries(DataSource source) {
    Augmentations pictures = source.augmentations();
    CaptionSettings captions = source.captions();
    return new HeaderEntries()
        .put("ss_color_aug", pictures.colour())
        .put("ss_flip_aug", pictures.flip())
        .put("ss_random_crop", pictures.randomCrop())
        .put("ss_shuffle_caption", captions.shuffle())
        .put("ss_keep_tokens", captions.keepTokens())
        .put(KohyaKeys.CAPTION_DROPOUT.name(), captions.dropout())
        .put("ss_caption_dropout_every_n_epochs", captions.dropoutEpochs())
        .put("ss_caption_tag_dropout_rate", captions.tagDropout())
        .metadata();
  }

  /** Part of {@code ss_datasets}. */
  static Map<String, Object> object(DataSource source, List<DataItem> items) {
    List<DataItem> own = items.stream().filter(i -> i.source().equals(source)).toList();
    Augmentations pictures = source.augmentations();
    CaptionSettings captions = source.captions();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("img_count", own.size());
    all.put("num_repeats", own.get(0).repeats());
    all.put("color_aug", pictures.colour());
    all.put("flip_aug", pictures.flip());
    all.put("random_crop", pictures.randomCrop());
    all.put("shuffle_caption", captions.shuffle());
    all.put("keep_tokens", captions.keepTokens());
    all.put("keep_tokens_separator", captions.keepTokensSeparator());
    all.put("secondary_separator", captions.secondarySeparator());
    all.put("enable_wildcard", captions.wildcards());
    all.put("caption_prefix", captions.prefix());
    all.put("caption_suffix", captions.suffix());
    all.put("image_dir", DataSetMetadata.name(source));
    all.put("class_tokens", source.classTokens());
    all.put("is_reg", source.regularisation());
    return all;
  }
}
