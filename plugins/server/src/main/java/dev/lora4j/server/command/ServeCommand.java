package dev.lora4j.server.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryEvent;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that serves bases and adapters by HTTP until it is stopped. */
@Extension(
    point = Command.class,
    name = "serve",
    help = "Serve bases and adapters to other programs by HTTP.")
@picocli.CommandLine.Command(
    name = "serve",
    sortOptions = false,
    description = {
      "Serve bases and adapters to other programs by HTTP, in the protocols of OpenAI, AUTOMATIC1111,"
          + " LoRAX and vLLM. Without options it"
          + " serves the two bundled models to programs of this machine.",
      "A request names its adapters as the model: ink, emoji-sd+ink:0.7+glossy:0.3; prompts of"
          + " pictures also as <lora:ink:0.7>. Ctrl-C lets running requests finish."
    })
public final class ServeCommand implements Command {
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

  @Option(
      names = "--adapter-memory",
      paramLabel = "MIB",
      description =
          "Memory for adapters that nobody is using, for each base (default: ${DEFAULT-VALUE}).",
      defaultValue = "1024")
  private long memory;

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description =
          "How long running requests may take to finish when the server is stopped (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "30")
  private int drain;

  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      description =
          "Compute in ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, which takes the faster"
              + " one for pictures and f32 for texts).",
      defaultValue = "auto")
  private Compute compute = Compute.auto;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description =
          "Append the log to a file: a line of JSON for each request, without prompts, and what"
              + " happens to adapters (default: standard error).")
  private Optional<Path> log = Optional.empty();

  @Mixin private final ListenOptions listen = new ListenOptions();

  @Mixin private final DeviceOption where = new DeviceOption();

  @Override
  public int run(Console console) {
    requireOptions();
    folders.forEach(ExistingPath::folder);
    listen.require(console);
    where.require();
    requireBases();
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
            ServeCommand::tell);
    if (admission.any()) {
      library.verify();
    }
    ServerMetrics metrics = new ServerMetrics();
    try (Lora4j lora = where.open(console);
        ServedBases bases = ServedBases.open(console, lora, wanted(), library, metrics)) {
      ModelCatalogue catalogue = bases.catalogue(library);
      try (HttpServer server = listen.open(ServerRoutes.of(catalogue, metrics))) {
        console.note(listen.address(server.port()));
        await();
        console.note("Stopping; running requests may take up to " + drain + " s to finish.");
        stop(server);
      }
    } catch (IOException e) {
      throw new Failure(listen.trouble(e), e);
    }
    return 0;
  }

  /** Refuses what is no base, before anything is loaded. */
  private void requireBases() {
    for (BaseOption base : pictures) {
      base.require();
      BaseOutline.of(base.path(), LoadOptions.in(DType.F32));
    }
    for (BaseOption base : texts) {
      base.require();
      TextModel.outline(base.path());
    }
  }

  private static void tell(LibraryEvent event) {
    String what = event.kind().name().toLowerCase(Locale.ROOT);
    LOG.info("adapters: {} {}: {}", what, event.subject(), event.text());
  }

  private void requireOptions() {
    if (batch < 1 || rows < 1 || waiting < 1 || memory < 0 || prefixes < 0 || drain < 0) {
      throw Failure.usage(
          "--batch, --rows and --queue must be at least 1; --adapter-memory, --prefix-cache and"
              + " --drain at least 0.");
    }
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
    return new ServedBases.Wanted(pictures, texts, type, memory * MEBIBYTE, queue, batch, room);
  }

  /** Waits until the program is told to stop. */
  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // That was the sign.
    }
  }

  private void stop(HttpServer server) {
    try {
      server.drain(Duration.ofSeconds(drain));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
