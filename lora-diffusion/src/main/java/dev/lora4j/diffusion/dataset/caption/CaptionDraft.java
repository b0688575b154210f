package dev.lora4j.diffusion.dataset.caption;

/** Caption settings while one of them is changed: the one place that knows all of them. */
final class CaptionDraft {
  String prefix;
  String suffix;
  String trigger;
  String separator;
  String secondarySeparator;
  boolean shuffle;
  int keepTokens;
  String keepTokensSeparator;
  double dropout;
  int dropoutEpochs;
  double tagDropout;
  boolean wildcards;

  CaptionDraft(CaptionSettings from) {
    prefix = from.prefix();
    suffix = from.suffix();
    trigger = from.trigger();
    separator = from.separator();
    secondarySeparator = from.secondarySeparator();
    shuffle = from.shuffle();
    keepTokens = from.keepTokens();
    keepTokensSeparator = from.keepTokensSeparator();
    dropout = from.dropout();
    dropoutEpochs = from.dropoutEpochs();
    tagDropout = from.tagDropout();
    wildcards = from.wildcards();
  }

  /** The settings as they are now. */
  CaptionSettings settings() {
    return new CaptionSettings(
        prefix,
        suffix,
        trigger,
        separator,
        secondarySeparator,
        shuffle,
        keepTokens,
        keepTokensSeparator,
        dropout,
        dropoutEpochs,
        tagDropout,
        wildcards);
  }
}
