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

  /** A copy with other words before each caption. */
  public CaptionSettings prefix(String words) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.prefix = words;
    return draft.settings();
  }

  /** A copy with other words behind each caption. */
  public CaptionSettings suffix(String words) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.suffix = words;
    return draft.settings();
  }

  /** A copy with other trigger words. */
  public CaptionSettings trigger(String words) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.trigger = words;
    return draft.settings();
  }

  /** A copy with another separator of tags. */
  public CaptionSettings separator(String other) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.separator = other;
    return draft.settings();
  }

  /** A copy with another separator of tags that stay together; empty for none. */
  public CaptionSettings secondarySeparator(String other) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.secondarySeparator = other;
    return draft.settings();
  }

  /** A copy with tags that change places, or stay. */
  public CaptionSettings shuffle(boolean other) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.shuffle = other;
    return draft.settings();
  }

  /** A copy with so many first tags that stay. */
  public CaptionSettings keepTokens(int first) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.keepTokens = first;
    return draft.settings();
  }

  /** A copy with another mark of the tags that stay; empty for none. */
  public CaptionSettings keepTokensSeparator(String other) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.keepTokensSeparator = other;
    return draft.settings();
  }

  /** A copy with another share of captions left out. */
  public CaptionSettings dropout(double share) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.dropout = share;
    return draft.settings();
  }

  /** A copy with all captions empty every so many epochs; 0 for never. */
  public CaptionSettings dropoutEpochs(int every) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.dropoutEpochs = every;
    return draft.settings();
  }

  /** A copy with another share of tags left out. */
  public CaptionSettings tagDropout(double share) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.tagDropout = share;
    return draft.settings();
  }

  /** A copy with wildcards, or without. */
  public CaptionSettings wildcards(boolean other) {
    CaptionDraft draft = new CaptionDraft(this);
    draft.wildcards = other;
    return draft.settings();
  }

  /** A copy without trigger words. */
  public CaptionSettings untriggered() {
    return trigger("");
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
