package dev.lora4j.server.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.cli.model.ContextOption;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.cli.model.PrecisionOption;
import dev.lora4j.cli.model.WeightsMemoryOption;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryEvent;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of what a server serves, and how. */
public final class ServingOptions {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.server.adapters");
  private static final long MEBIBYTE = 1L << 20;

  /** The types that networks can compute in. */
  enum Compute {
    f32,
    bf16,
    auto
  }

  @Option(
      names = "--base",
      paramLabel = "[NAME=]PATH",
      converter = BaseOption.Reader.class,
      description = "Base for pictures, as generate takes it. May be given several times.")
  private List<BaseOption> pictures = new ArrayList<>();

  @Option(
      names = "--text",
      paramLabel = "[NAME=]DIR",
      converter = BaseOption.Reader.class,
      description =
          "Language model, as text generate takes it, or an encoder for embeddings. May be given"
              + " several times.")
  private List<BaseOption> texts = new ArrayList<>();

  @Option(
      names = "--adapters",
      paramLabel = "DIR",
      description =
          "Folder of adapters, which are called as their files. Those below tenants/NAME in it are"
              + " for that tenant alone. May be given several times.")
  private List<Path> folders = new ArrayList<>();

  @Mixin private final AdmissionOptions admission = new AdmissionOptions();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Pictures that are made at once at most (default: ${DEFAULT-VALUE}).",
      defaultValue = "4")
  private int batch;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Texts that are generated at once at most (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int rows;

  @Option(
      names = "--prefix-cache",
      paramLabel = "MIB",
      description =
          "Memory for what was computed of prompts that begin alike, for each language model; 0 for"
              + " none (default: ${DEFAULT-VALUE}).",
      defaultValue = "256")
  private long prefixes;

  @Option(
      names = "--queue",
      paramLabel = "N",
      description =
          "Requests that may wait for each base; more are told to come again (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "256")
  private int waiting;

  @Mixin private final MemoryOptions memory = new MemoryOptions();

  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      description =
          "Compute in ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, which takes the faster"
              + " one for pictures and f32 for texts).",
      defaultValue = "auto")
  private Compute compute = Compute.auto;

  @Mixin private final PrecisionOption precision = new PrecisionOption();

  @Mixin private final WeightsMemoryOption weights = new WeightsMemoryOption();

  @Mixin private final ContextOption context = new ContextOption();

  @Option(
      names = "--denoiser",
      paramLabel = "FILE",
      description =
          "File whose denoiser takes the place of that of --base, as generate takes it; with one"
              + " --base alone.")
  private Optional<Path> denoiser = Optional.empty();

  @Option(
      names = "--base-config",
      paramLabel = "DIR",
      description =
          "Configurations and tokenisers for a --base in one file, as generate takes it; with one"
              + " --base alone.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description =
          "Append the log to a file: a line of JSON for each request, without prompts, and what"
              + " happens to adapters (default: standard error).")
  private Optional<Path> log = Optional.empty();

  @Mixin private final DeviceOption where = new DeviceOption();

  /** The folders of adapters, in order. */
  public List<Path> adapters() {
    return List.copyOf(folders);
  }

  /** Takes a folder of adapters where the user named none. */
  public void adaptersUnlessNamed(Path folder) {
    if (folders.isEmpty()) {
      folders.add(folder);
    }
  }

  /** Refuses what cannot be meant, before anything slow begins. */
  public void require() {
    if (batch < 1 || rows < 1 || waiting < 1 || prefixes < 0) {
      throw Failure.usage(
          "--batch, --rows and --queue must be at least 1; --prefix-cache at least 0.");
    }
    memory.require();
    if (weights.bytes().isPresent() && pictures.isEmpty() && !texts.isEmpty()) {
      throw Failure.usage("--weights-memory is for bases of pictures; name one by --base.");
    }
    folders.forEach(ExistingPath::folder);
    where.require();
    requireBases();
  }

  /** Refuses what is no base, before anything is loaded. */
  private void requireBases() {
    requireOneBase("--denoiser", denoiser);
    requireOneBase("--base-config", config);
    if (config.isPresent() && Files.isDirectory(pictures.get(0).path())) {
      throw Failure.usage(
          "--base-config is for a base in one file; a folder has configurations of its own.");
    }
    denoiser.ifPresent(ExistingPath::any);
    config.ifPresent(ExistingPath::folder);
    LoadOptions options = ServedBases.completed(LoadOptions.in(DType.F32), denoiser, config);
    for (BaseOption base : pictures) {
      base.require();
      BaseOutline.of(base.path(), options);
    }
    for (BaseOption base : texts) {
      base.require();
      TextModelOutline.network(base.path(), context.of(TextLoadOptions.in(DType.F32)));
    }
  }

  private void requireOneBase(String option, Optional<Path> given) {
    if (given.isPresent() && pictures.size() != 1) {
      throw Failure.usage(
          option + " is for one base of pictures; name it by --base, and no other.");
    }
  }

  /** Headings of these options and of {@link ListenOptions} in the help of a command. */
  public static Map<String, List<String>> sections() {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    sections.put("Bases", List.of("base", "text", "denoiser", "base-config"));
    sections.put(
        "Adapters",
        List.of("adapters", "allowed-adapters", "signed-by", "adapter-memory", "pin", "preload"));
    sections.put("Requests", List.of("batch", "rows", "prefix-cache", "queue", "drain", "log"));
    sections.put(
        "Clients", List.of("port", "listen", "token-file", "allowed-host", "allowed-origin"));
    return sections;
  }

  /**
   * Loads the bases, and the adapters that shall be in memory, and begins to work.
   *
   * @throws Failure if one cannot be loaded
   */
  public Serving open(Console console) {
    ServerLog.open(log);
    List<Path> roots = new ArrayList<>(folders);
    if (pictures.isEmpty() && texts.isEmpty()) {
      pictures.add(new BaseOption("emoji-sd", BundledModel.folder()));
      texts.add(new BaseOption("tiny-lm", TinyLm.folder()));
      Optional.ofNullable(BundledModel.adapter().getParent()).ifPresent(roots::add);
    }
    AdapterLibrary library =
        new AdapterLibrary(
            new LibraryFolders(roots, Map.of()),
            admission.rule(),
            ServerFolder.path(),
            ServingOptions::tell);
    if (admission.any()) {
      library.verify();
    }
    Serving serving = Serving.open(console, where, wanted(), library);
    try {
      memory.load(console, serving.catalogue());
      return serving;
    } catch (RuntimeException | Error e) {
      serving.close();
      throw e;
    }
  }

  private static void tell(LibraryEvent event) {
    String what = event.kind().name().toLowerCase(Locale.ROOT);
    LOG.info("adapters: {} {}: {}", what, event.subject(), event.text());
  }

  private ServedBases.Wanted wanted() {
    Optional<DType> type =
        switch (compute) {
          case f32 -> Optional.of(DType.F32);
          case bf16 -> Optional.of(DType.BF16);
          case auto -> Optional.empty();
        };
    CacheLimits room = CacheLimits.rows(rows).prefixBytes(prefixes * MEBIBYTE);
    QueueLimits queue = QueueLimits.DEFAULT.withEntries(waiting).withEntriesPerTenant(waiting);
    return new ServedBases.Wanted(
        pictures,
        texts,
        type,
        precision,
        weights,
        context,
        denoiser,
        config,
        memory.bytes(),
        queue,
        batch,
        room);
  }
}
