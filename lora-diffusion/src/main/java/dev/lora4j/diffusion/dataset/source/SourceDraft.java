package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A source while something of it is changed: the one place that knows all of its parts. */
final class SourceDraft {
  Path folder;
  Optional<Path> captionList;
  int repeats;
  String classTokens;
  String captionExtension;
  List<String> captionSources;
  boolean regularisation;
  CaptionSettings captions;
  Augmentations augmentations;
  MaskSource masking;
  List<Path> references;
  int background;
  double validation;
  ArchiveColumns columns;

  SourceDraft(DataSource from) {
    folder = from.folder();
    captionList = from.captionList();
    repeats = from.repeats();
    classTokens = from.classTokens();
    captionExtension = from.captionExtension();
    captionSources = from.captionSources();
    regularisation = from.regularisation();
    captions = from.captions();
    augmentations = from.augmentations();
    masking = from.masking();
    references = from.references();
    background = from.background();
    validation = from.validation();
    columns = from.columns();
  }

  /** Builds the source and checks it. */
  DataSource source() {
    return new DataSource(
        folder,
        captionList,
        repeats,
        classTokens,
        captionExtension,
        captionSources,
        regularisation,
        captions,
        augmentations,
        masking,
        references,
        background,
        validation,
        columns);
  }
}
