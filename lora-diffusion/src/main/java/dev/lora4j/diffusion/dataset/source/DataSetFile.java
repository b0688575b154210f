package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.DataGroup.Note;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Reads descriptions of data in TOML, in the form of kohya's {@code dataset_config}: what stands in
 * {@code [general]} counts for all, what stands in a {@code [[datasets]]} for its folders, and what
 * stands in a {@code [[datasets.subsets]]} for one folder.
 */
public final class DataSetFile {
  private static final String GENERAL = "general";
  private static final String DATASETS = "datasets";

  private final Path folder;
  private final TomlTable general;
  private final DataDefaults defaults;
  private final List<String> mistakes = new ArrayList<>();

  /** Notes about the group that is being read. */
  private final List<Note> notes = new ArrayList<>();

  private DataSetFile(Path folder, TomlTable general, DataDefaults defaults) {
    this.folder = folder;
    this.general = general;
    this.defaults = defaults;
  }

  /** The keys that may stand in {@code [general]}. */
  public static List<String> sharedKeys() {
    List<String> keys = new ArrayList<>(DataKeys.FOR_SOURCES);
    keys.addAll(DataKeys.FOR_GROUPS);
    return List.copyOf(keys);
  }

  /**
   * Reads a file; folders in it count from where it is.
   *
   * @throws DataSetFileException with all that is wrong
   */
  public static List<DataGroup> read(Path file) {
    return read(file, DataDefaults.KOHYA);
  }

  /**
   * Reads a file for a run that has defaults of its own.
   *
   * @throws DataSetFileException with all that is wrong
   */
  public static List<DataGroup> read(Path file, DataDefaults defaults) {
    TomlParseResult parsed;
    try {
      String text = RegularFile.text(file, RegularFile.TEXT);
      if (TomlDepth.of(text) > TomlDepth.MOST) {
        String why = "It is nested %d deep; at most %d levels are read.";
        throw new DataSetFileException(
            file.toString(), List.of(why.formatted(TomlDepth.of(text), TomlDepth.MOST)));
      }
      parsed = Toml.parse(text);
    } catch (IOException e) {
      String why = "It cannot be read as UTF-8 text (" + e + ").";
      throw new DataSetFileException(file.toString(), List.of(why));
    }
    if (parsed.hasErrors()) {
      List<String> errors = parsed.errors().stream().map(Object::toString).toList();
      throw new DataSetFileException(file.toString(), errors);
    }
    List<String> others =
        parsed.keySet().stream()
            .filter(key -> !key.equals(GENERAL) && !key.equals(DATASETS))
            .map(key -> "The table " + key + " is not known; expected general and datasets.")
            .toList();
    if (!others.isEmpty()) {
      throw new DataSetFileException(file.toString(), others);
    }
    Path here = file.toAbsolutePath().getParent();
    return read(parsed, here == null ? Path.of("") : here, file.toString(), defaults);
  }

  /**
   * Reads {@code general} and {@code datasets} of a table; other keys of it are the caller's.
   *
   * @param folder where relative folders count from
   * @param name what to call the table in messages
   * @throws DataSetFileException with all that is wrong
   */
  public static List<DataGroup> read(
      TomlTable table, Path folder, String name, DataDefaults defaults) {
    Object general = table.get(List.of(GENERAL));
    TomlTable shared = general instanceof TomlTable t ? t : Toml.parse("");
    DataSetFile file = new DataSetFile(folder, shared, defaults);
    DataKeys.check(
        "[general]", shared, List.of(DataKeys.FOR_SOURCES, DataKeys.FOR_GROUPS), file.mistakes);
    List<DataGroup> groups = new ArrayList<>();
    List<TomlTable> tables = file.tables(table, DATASETS, "The data set");
    for (int i = 0; i < tables.size(); i++) {
      groups.add(file.group("[[datasets]] " + (i + 1), tables.get(i)));
    }
    file.require(name);
    return groups;
  }

  /**
   * A folder without a description: the pictures in it, or kohya's folders.
   *
   * @throws DataSetFileException if the defaults cannot be used
   */
  public static DataGroup folders(Path images, DataDefaults defaults) {
    return folders(images, defaults, Optional.empty());
  }

  /**
   * Folders without a description: the pictures in them, or kohya's folders.
   *
   * @param regularisation pictures that show what shall not change
   * @throws DataSetFileException if the defaults cannot be used
   */
  public static DataGroup folders(Path images, Path regularisation, DataDefaults defaults) {
    return folders(images, defaults, Optional.of(regularisation));
  }

  private static DataGroup folders(
      Path images, DataDefaults defaults, Optional<Path> regularisation) {
    DataSetFile file = new DataSetFile(images, Toml.parse(""), defaults);
    TomlScopes at = file.layers("[data]");
    List<DataSource> sources = new ArrayList<>(file.within(at, images, false));
    regularisation.ifPresent(other -> sources.addAll(file.within(at, other, true)));
    DataGroup group = file.group("[data]", at, sources);
    file.require("The data of this run");
    return group;
  }

  private void require(String name) {
    if (!mistakes.isEmpty()) {
      throw new DataSetFileException(name, mistakes.stream().distinct().toList());
    }
  }

  /** Tables from the innermost outwards, and what counts below them all. */
  private TomlScopes layers(String where, TomlTable... inner) {
    List<TomlTable> tables = new ArrayList<>(List.of(inner));
    tables.add(general);
    tables.add(defaults.shared());
    return new TomlScopes(where, tables, mistakes);
  }

  private List<TomlTable> tables(TomlTable table, String key, String where) {
    Object value = table.get(List.of(key));
    if (value instanceof TomlArray array
        && !array.isEmpty()
        && array.toList().stream().allMatch(TomlTable.class::isInstance)) {
      return array.toList().stream().map(TomlTable.class::cast).toList();
    }
    mistakes.add(where + " has no [[" + key + "]]; at least one is needed.");
    return List.of();
  }

  private DataGroup group(String where, TomlTable table) {
    DataKeys.check(
        where,
        table,
        List.of(DataKeys.FOR_SOURCES, DataKeys.FOR_GROUPS, DataKeys.OF_GROUPS),
        mistakes);
    TomlScopes at = layers(where, table);
    List<DataSource> sources = new ArrayList<>();
    at.value("train_data_dir").ifPresent(dir -> sources.addAll(kohya(where, at, dir, false)));
    at.value("reg_data_dir").ifPresent(dir -> sources.addAll(kohya(where, at, dir, true)));
    if (sources.isEmpty() || table.contains(List.of("subsets"))) {
      List<TomlTable> subsets = tables(table, "subsets", where);
      for (int i = 0; i < subsets.size(); i++) {
        sources.add(source(where + " [[subsets]] " + (i + 1), subsets.get(i), table));
      }
    }
    return group(where, at, sources);
  }

  private DataGroup group(String where, TomlScopes at, List<DataSource> sources) {
    int seed = at.number("validation_seed", 0, 0);
    Bucketing sizes = bucketing(where, at);
    int batch = at.number("batch_size", 1, 1);
    DataGroup group = new DataGroup(sizes, batch, seed, once(sources), notes);
    notes.clear();
    return group;
  }

  /** Removes folders that came before, whose pictures would count twice. */
  private List<DataSource> once(List<DataSource> sources) {
    Set<List<Object>> met = new HashSet<>();
    List<DataSource> kept = new ArrayList<>();
    for (DataSource source : sources) {
      Path place = source.folder().toAbsolutePath().normalize();
      if (met.add(List.of(place, source.captionList()))) {
        kept.add(source);
      } else {
        notes.add(new Note(place, "is named twice in one [[datasets]]; the first counts."));
      }
    }
    return kept;
  }

  private Bucketing bucketing(String where, TomlScopes at) {
    Bucketing usual =
        at.size("resolution")
            .map(size -> defaults.sizes().at(size.width(), size.height()))
            .orElse(defaults.sizes());
    Bucketing said =
        new Bucketing(
            usual.resolution(),
            at.flag("enable_bucket", usual.enabled()),
            at.number("min_bucket_reso", usual.least(), 8),
            at.number("max_bucket_reso", usual.most(), 8),
            at.number("bucket_reso_steps", usual.step(), 8),
            at.flag("bucket_no_upscale"));
    Bucketing sizes = said.enabled() ? said.stepped() : said;
    List<String> wrong = new ArrayList<>(sizes.mistakes());
    if (wrong.isEmpty()) {
      sizes.unfit(defaults.unit()).ifPresent(wrong::add);
    }
    wrong.forEach(mistake -> mistakes.add(where + ": " + mistake));
    rounded(at, "min_bucket_reso", said.least(), sizes.least());
    rounded(at, "max_bucket_reso", said.most(), sizes.most());
    return sizes;
  }

  private void rounded(TomlScopes at, String key, int said, int taken) {
    if (said != taken && at.value(key).isPresent()) {
      String sentence = "has a " + key + " of " + said + ", which is taken as " + taken;
      notes.add(new Note(folder, sentence + ", a multiple of bucket_reso_steps."));
    }
  }

  private List<DataSource> kohya(String where, TomlScopes at, Object dir, boolean regularisation) {
    Path parent = folder.resolve(dir.toString());
    DataSource settings = settings(at, parent);
    settings = regularisation ? prior(settings) : settings.regularising(false);
    List<DataSource> found = KohyaFolders.in(parent, settings, notes::add);
    if (found.isEmpty()) {
      mistakes.add(
          where
              + ": "
              + parent
              + " holds no folders named like '10_name class'; for a folder of"
              + " pictures, name it as image_dir of a [[datasets.subsets]].");
    }
    return found;
  }

  private List<DataSource> within(TomlScopes at, Path parent, boolean regularisation) {
    DataSource settings = settings(at, parent);
    settings = regularisation ? prior(settings) : settings.regularising(false);
    return KohyaFolders.or(parent, settings, notes::add);
  }

  private DataSource source(String where, TomlTable table, TomlTable group) {
    DataKeys.check(where, table, List.of(DataKeys.FOR_SOURCES, DataKeys.OF_SOURCES), mistakes);
    TomlScopes at = layers(where, table, group);
    String list = at.text("metadata_file", "");
    String named = at.text("image_dir", list);
    if (named.isEmpty()) {
      mistakes.add(where + ": image_dir is missing; it names the folder of the pictures.");
    }
    DataSource source = settings(at, folder.resolve(named));
    return source.regularisation() && !table.contains(List.of("trigger")) ? prior(source) : source;
  }

  /** The word that calls what is learned is none of what shall not change. */
  private static DataSource prior(DataSource source) {
    return source.regularising(true).with(source.captions().untriggered());
  }

  private DataSource settings(TomlScopes at, Path pictures) {
    return new DataSource(
        pictures,
        path(at, "metadata_file"),
        at.number("num_repeats", 1, 1),
        at.text("class_tokens", ""),
        at.text("caption_extension", ".txt"),
        at.texts("caption_sources", DataSource.CAPTION_SOURCES),
        at.flag("is_reg"),
        captions(at),
        new Augmentations(at.flag("flip_aug"), at.flag("color_aug"), at.flag("random_crop")),
        new MaskSource(at.flag("alpha_mask"), path(at, "conditioning_data_dir")),
        references(at),
        at.colour("background", DataSource.WHITE),
        at.share("validation_split"),
        new ArchiveColumns(at.text("image_column", ""), at.text("caption_column", "")));
  }

  private Optional<Path> path(TomlScopes at, String key) {
    String said = at.text(key, "");
    return said.isEmpty() ? Optional.empty() : Optional.of(folder.resolve(said));
  }

  /** One folder, or a list of them. */
  private List<Path> references(TomlScopes at) {
    String key = "reference_dir";
    List<String> said =
        at.value(key).filter(String.class::isInstance).isPresent()
            ? List.of(at.text(key, ""))
            : at.texts(key, List.of());
    return said.stream().filter(text -> !text.isBlank()).map(folder::resolve).toList();
  }

  private static CaptionSettings captions(TomlScopes at) {
    CaptionSettings usual = CaptionSettings.DEFAULT;
    return new CaptionSettings(
        at.text("caption_prefix", usual.prefix()),
        at.text("caption_suffix", usual.suffix()),
        at.text("trigger", usual.trigger()),
        at.text("caption_separator", usual.separator()),
        at.text("secondary_separator", usual.secondarySeparator()),
        at.flag("shuffle_caption"),
        at.number("keep_tokens", usual.keepTokens(), 0),
        at.text("keep_tokens_separator", usual.keepTokensSeparator()),
        at.share("caption_dropout_rate"),
        at.number("caption_dropout_every_n_epochs", usual.dropoutEpochs(), 0),
        at.share("caption_tag_dropout_rate"),
        at.flag("enable_wildcard"));
  }
}
