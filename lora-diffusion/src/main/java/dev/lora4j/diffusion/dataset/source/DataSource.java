package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One folder of pictures and what is done with them, a {@code [[datasets.subsets]]} of kohya's; the
 * names in parentheses are kohya's. Immutable; each {@code with} method returns a changed copy.
 *
 * @param folder where the pictures are ({@code image_dir}); folders within it are not looked into,
 *     but for pictures that the list of captions names there; the list itself, if its pictures are
 *     all that it names; an archive that holds them, or a folder of such archives
 * @param captionList a file of captions ({@code metadata_file}), see {@link CaptionList}; a {@code
 *     metadata.jsonl} in the folder is found by itself
 * @param repeats how often each picture comes in an epoch ({@code num_repeats})
 * @param classTokens caption of pictures without one ({@code class_tokens}); empty for the names of
 *     their files
 * @param captionExtension ending of the files with captions ({@code caption_extension})
 * @param captionSources where captions are looked for, the first that has one counts: names of
 *     installed {@link dev.lora4j.diffusion.dataset.CaptionSource}s, with settings as {@code
 *     name:key=value}
 * @param regularisation whether the pictures show what shall not change ({@code is_reg})
 * @param captions how captions vary
 * @param augmentations how pictures vary
 * @param masking which parts of pictures count
 * @param references folders of reference pictures, which the denoiser sees beside those trained on,
 *     of their names ({@code reference_dir}); one of each folder for each picture
 * @param background {@code 0xRRGGBB} behind transparent places
 * @param validation share of the pictures held out, 0 to 1 ({@code validation_split}); 1 makes the
 *     whole folder one for validation
 * @param columns where an archive with rows has pictures and captions
 */
public record DataSource(
    Path folder,
    Optional<Path> captionList,
    int repeats,
    String classTokens,
    String captionExtension,
    List<String> captionSources,
    boolean regularisation,
    CaptionSettings captions,
    Augmentations augmentations,
    MaskSource masking,
    List<Path> references,
    int background,
    double validation,
    ArchiveColumns columns) {
  /** Default colour behind transparent places. */
  public static final int WHITE = 0xffffff;

  /** Default sources of captions, in the order of search. */
  public static final List<String> CAPTION_SOURCES =
      List.of("list", "text", "class_tokens", "file_name");

  /** Copies the lists. */
  public DataSource {
    captionSources = List.copyOf(captionSources);
    references = List.copyOf(references);
  }

  /** A folder with text files beside the pictures, taken as they are. */
  public static DataSource of(Path folder) {
    return new DataSource(
        folder,
        Optional.empty(),
        1,
        "",
        ".txt",
        CAPTION_SOURCES,
        false,
        CaptionSettings.DEFAULT,
        Augmentations.NONE,
        MaskSource.NONE,
        List.of(),
        WHITE,
        0,
        ArchiveColumns.FOUND);
  }

  /** Another folder with the same settings, its own number of repeats and class tokens. */
  public DataSource at(Path other, int times, String tokens) {
    SourceDraft draft = new SourceDraft(this);
    draft.folder = other;
    draft.repeats = times;
    draft.classTokens = tokens;
    return draft.source();
  }

  /** A copy with captions in a list. */
  public DataSource captionList(Path file) {
    SourceDraft draft = new SourceDraft(this);
    draft.captionList = Optional.of(file);
    return draft.source();
  }

  /** A copy whose pictures come so often in an epoch. */
  public DataSource repeats(int times) {
    SourceDraft draft = new SourceDraft(this);
    draft.repeats = times;
    return draft.source();
  }

  /** A copy with another caption of pictures without one; empty for the names of their files. */
  public DataSource classTokens(String words) {
    SourceDraft draft = new SourceDraft(this);
    draft.classTokens = words;
    return draft.source();
  }

  /** A copy with another ending of the files with captions. */
  public DataSource captionExtension(String ending) {
    SourceDraft draft = new SourceDraft(this);
    draft.captionExtension = ending;
    return draft.source();
  }

  /** A copy with other sources of captions, in the order of search. */
  public DataSource captionSources(List<String> names) {
    SourceDraft draft = new SourceDraft(this);
    draft.captionSources = names;
    return draft.source();
  }

  /** A copy with another colour behind transparent places, {@code 0xRRGGBB}. */
  public DataSource background(int colour) {
    SourceDraft draft = new SourceDraft(this);
    draft.background = colour;
    return draft.source();
  }

  /** A copy with pictures that show what shall not change. */
  public DataSource regularising(boolean yes) {
    SourceDraft draft = new SourceDraft(this);
    draft.regularisation = yes;
    return draft.source();
  }

  /** A copy with captions that vary like this. */
  public DataSource with(CaptionSettings how) {
    SourceDraft draft = new SourceDraft(this);
    draft.captions = how;
    return draft.source();
  }

  /** A copy with pictures that vary like this. */
  public DataSource with(Augmentations how) {
    SourceDraft draft = new SourceDraft(this);
    draft.augmentations = how;
    return draft.source();
  }

  /** A copy with parts that count like this. */
  public DataSource with(MaskSource how) {
    SourceDraft draft = new SourceDraft(this);
    draft.masking = how;
    return draft.source();
  }

  /** A copy beside whose pictures the denoiser sees those of these folders. */
  public DataSource references(List<Path> folders) {
    SourceDraft draft = new SourceDraft(this);
    draft.references = folders;
    return draft.source();
  }

  /** A copy whose pictures and captions are in these columns of an archive. */
  public DataSource with(ArchiveColumns where) {
    SourceDraft draft = new SourceDraft(this);
    draft.columns = where;
    return draft.source();
  }

  /** A copy with this share held out. */
  public DataSource holdingOut(double share) {
    SourceDraft draft = new SourceDraft(this);
    draft.validation = share;
    return draft.source();
  }
}
