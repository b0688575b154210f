package dev.lora4j.diffusion.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Settings laid over each other: a preset, a file, options of a command. What comes later wins. All
 * problems are collected and reported together.
 */
public final class SettingLayers {
  private static final Map<String, RunKey<?>> BY_NAME = byName();

  private final ResolvedValues entries = new ResolvedValues();
  private final Map<String, Object> data = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<RunKey<?>, Map<String, Object>> settings = new HashMap<>();
  private final List<Runnable> last = new ArrayList<>();
  private final TrainerOptions options;
  private final LocalPaths local;
  private boolean preset;
  private String outFolder = "";
  private String outName = "";

  /** Layers of keys alone, as this toolkit writes them. */
  public SettingLayers() {
    this(layers -> TrainerOptions.NONE);
  }

  /** Layers of keys and of the options of another trainer. */
  public SettingLayers(Function<SettingLayers, TrainerOptions> options) {
    this(options, StoreFiles.NONE);
  }

  /**
   * The same for a run that reads from stores.
   *
   * @param stores copies of what paths with an address name
   */
  public SettingLayers(Function<SettingLayers, TrainerOptions> options, StoreFiles stores) {
    this.options = options.apply(this);
    local = new LocalPaths(stores);
  }

  private static Map<String, RunKey<?>> byName() {
    Map<String, RunKey<?>> all = new LinkedHashMap<>();
    for (RunKey<?> key : RunKeys.ALL) {
      all.put(key.name(), key);
      key.aliases().forEach(alias -> all.put(alias, key));
    }
    return all;
  }

  /** The key of this name, ours or that of sd-scripts. */
  public static Optional<RunKey<?>> key(String name) {
    return Optional.ofNullable(BY_NAME.get(RenamedKeys.now(name)));
  }

  /**
   * Sets a key by its name.
   *
   * @param value of TOML, or text
   * @param origin source of the value, for messages
   */
  public void set(String name, Object value, String origin) {
    String now = RenamedKeys.now(name);
    if (!now.equals(name) && BY_NAME.containsKey(now)) {
      notes.add(RenamedKeys.note(name, origin));
      set(now, value, origin);
      return;
    }
    RunKey<?> key = BY_NAME.get(name);
    boolean renamed = key != null && !key.name().equals(name);
    if (renamed && "".equals(value)) {
      // Files that a program wrote have options that nobody set, as empty texts.
      return;
    }
    if (key != null && renamed && options.off(name, value)) {
      leave(key, name, origin);
    } else if (key != null) {
      entries.put(key, value, origin, name);
    } else if (DataTables.known(name)) {
      data.put(DataTables.leaf(name), value);
    } else if (!options.apply(name, value, origin)) {
      problem(origin + ": there is no key " + name + "; " + meant(name));
    }
  }

  /** Leaves a key without a value, as options of sd-scripts do for what is off. */
  private void leave(RunKey<?> key, String name, String origin) {
    entries.leave(key, name);
    int since = entries.source();
    if (key.equals(RunKeys.PREVIEW_EVERY) || key.equals(RunKeys.PREVIEW_EPOCHS)) {
      last(
          () -> {
            boolean every =
                entries.has(RunKeys.PREVIEW_EVERY) || entries.has(RunKeys.PREVIEW_EPOCHS);
            if (!every && entries.source(RunKeys.PREVIEW_PROMPTS) <= since) {
              entries.put(RunKeys.PREVIEW_PROMPTS, List.of(), origin, name);
            }
          });
    }
  }

  /** Sets a key to a value of a command line: TOML where it can be read so, else a text. */
  public void setText(String name, String text, String origin) {
    if (BY_NAME.containsKey(RenamedKeys.now(name))) {
      set(name, text, origin);
      return;
    }
    // What is saved of the run may be read from elsewhere.
    Path here = Path.of("").toAbsolutePath();
    set(name, RunFile.located(here, name, RunFile.value(text)), origin);
  }

  private String meant(String name) {
    List<String> all = new ArrayList<>(BY_NAME.keySet());
    all.addAll(DataTables.names());
    all.addAll(options.names());
    return KeySuggestion.of(name, all);
  }

  /** Begins one file or command line; the order of its keys does not matter. */
  void begin() {
    entries.begin();
  }

  /** Marks the following layers as lying on a preset, which has set its defaults. */
  void onPreset() {
    preset = true;
  }

  /** True if the layers lie on a preset, whose choices count before a trainer's defaults. */
  public boolean preset() {
    return preset;
  }

  /**
   * True if a table's key is an option of the other trainer, whose tables only order a file, and
   * may have names of tables of ours.
   */
  boolean foreign(String table, String key) {
    boolean ours = table.isEmpty() || key(table + key).isPresent();
    boolean theirs =
        options.names().contains(key)
            || key(key).filter(known -> !known.name().equals(key)).isPresent();
    return !ours && theirs && !DataTables.known(table + key);
  }

  /** The resolved values, for options that depend on others. */
  public ResolvedValues entries() {
    return entries;
  }

  /** Runs an action after all layers are read. */
  public void last(Runnable what) {
    last.add(what);
  }

  /** Sets a key at the end, unless anything else of the same file or after it does. */
  public void otherwise(RunKey<?> key, Object value, String origin) {
    int since = entries.source();
    last(
        () -> {
          if (entries.source(key) < since) {
            set(key.name(), value, origin);
          }
        });
  }

  /** A part of where the adapter goes: sd-scripts names the folder and the file apart. */
  public void place(String folder, String name, String origin) {
    outFolder = folder.isEmpty() ? outFolder : folder;
    outName = name.isEmpty() ? outName : name;
    Path file = Path.of(outFolder).resolve((outName.isEmpty() ? "last" : outName) + ".safetensors");
    set(RunKeys.OUT.name(), file.toString(), origin);
  }

  /** One setting of an extension, as sd-scripts has it in a text, beside those that are there. */
  public void setting(RunKey<Map<String, Object>> key, String name, String value, String origin) {
    Map<String, Object> all = settings.computeIfAbsent(key, k -> new LinkedHashMap<>());
    all.put(name, RunFile.value(value));
    set(key.name(), all, origin);
  }

  /** Prompts from a file. */
  public void promptFile(String file, String origin) {
    try {
      PromptFile read = PromptFile.read(Path.of(file));
      set(RunKeys.PREVIEW_PROMPTS.name(), read.prompts(), origin);
      if (read.more()) {
        note(
            origin
                + ": of "
                + file
                + " only the prompts are taken; previews.steps, previews.guidance and previews.seed"
                + " are those of all previews.");
      }
    } catch (RunProblems e) {
      problem(origin + ": " + e.getMessage());
    }
  }

  /** Adds what is wrong. */
  public void problem(String sentence) {
    entries.problem(sentence);
  }

  /** Adds a note for the user. */
  public void note(String sentence) {
    notes.add(sentence);
  }

  /** Lays a part of the data set's tables over those that are there. */
  public void data(String name, Object value) {
    data.put(name, value);
  }

  /** Notes for the user: keys that are known but have no effect here. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /**
   * All together, with paths of this machine.
   *
   * @throws RunProblems if anything was wrong
   */
  public RunValues values() {
    Precedence precedence = new Precedence(entries, this::note);
    precedence.pairs();
    options.combine();
    last.forEach(Runnable::run);
    last.clear();
    precedence.presets();
    precedence.rate();
    if (!preset) {
      options.defaults();
    }
    return local.of(entries.values(RunKeys.ALL, data));
  }
}
