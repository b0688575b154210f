package dev.lora4j.diffusion.dataset.caption;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Variation of captions, in the order of the effects as in {@link CaptionRecipe}; the names in
 * parentheses are kohya's.
 *
 * @param prefix put before, with a space ({@code caption_prefix})
 * @param suffix put behind, with a space ({@code caption_suffix})
 * @param trigger words that every caption has: put where it says {@code [trigger]}, else first
 * @param separator between tags ({@code caption_separator})
 * @param secondarySeparator becomes the separator in the end, so that what it joins stays together
 *     ({@code secondary_separator}); empty for none
 * @param shuffle whether tags change places ({@code shuffle_caption})
 * @param keepTokens first tags that stay where they are ({@code keep_tokens})
 * @param keepTokensSeparator what stands before it stays, and what stands behind a second one
 *     ({@code keep_tokens_separator}); empty for none
 * @param dropout share of captions that become empty ({@code caption_dropout_rate})
 * @param dropoutEpochs every so many epochs all captions are empty, 0 for never ({@code
 *     caption_dropout_every_n_epochs})
 * @param tagDropout share of the tags left out that are not kept ({@code caption_tag_dropout_rate})
 * @param wildcards whether <code>{a|b}</code> is one of the two and a caption of several lines one
 *     of the lines ({@code enable_wildcard})
 */
public record CaptionSettings(
    String prefix,
    String suffix,
    String trigger,
    String separator,
    String secondarySeparator,
    boolean shuffle,
    int keepTokens,
    String keepTokensSeparator,
    double dropout,
    int dropoutEpochs,
    double tagDropout,
    boolean wildcards)
    implements Canonical {
  /** Captions as they are written. */
  public static final CaptionSettings DEFAULT =
      new CaptionSettings("", "", "", ",", "", false, 0, "", 0, 0, 0, false);

  /** The same with another share of captions left out. */
  public CaptionSettings dropout(double share) {
    return with(trigger, share);
  }

  /** The same without trigger words. */
  public CaptionSettings untriggered() {
    return with("", dropout);
  }

  private CaptionSettings with(String words, double share) {
    return new CaptionSettings(
        prefix,
        suffix,
        words,
        separator,
        secondarySeparator,
        shuffle,
        keepTokens,
        keepTokensSeparator,
        share,
        dropoutEpochs,
        tagDropout,
        wildcards);
  }

  /** True if a picture has so few captions that each is worth storing: one, or two with dropout. */
  public boolean storable() {
    return !shuffle && tagDropout == 0 && !wildcards;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("CaptionSettings")
        .with("prefix", prefix)
        .with("suffix", suffix)
        .with("trigger", trigger)
        .with("separator", separator)
        .with("secondarySeparator", secondarySeparator)
        .with("shuffle", shuffle)
        .with("keepTokens", keepTokens)
        .with("keepTokensSeparator", keepTokensSeparator)
        .with("dropout", dropout)
        .with("dropoutEpochs", dropoutEpochs)
        .with("tagDropout", tagDropout)
        .with("wildcards", wildcards)
        .text();
  }
}
