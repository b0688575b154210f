package dev.lora4j.hub.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.Version;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.hub.Pull;
import dev.lora4j.hub.PullOptions;
import dev.lora4j.hub.PulledAdapter;
import dev.lora4j.hub.listing.FileSelection;
import dev.lora4j.hub.source.PullRequest;
import dev.lora4j.hub.store.StoreOptions;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.WebOptions;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that fetches adapters of others. */
@Extension(
    point = Command.class,
    name = "pull",
    help = "Fetch adapters of others from Hugging Face, Civitai or a link.")
@picocli.CommandLine.Command(
    name = "pull",
    sortOptions = false,
    description = {
      "Fetch adapters of others from Hugging Face, Civitai or a link into a folder.",
      "Only .safetensors files are taken, with the adapter_config.json beside them. A file gets its"
          + " name once it is whole, has the hub's SHA-256 and is an adapter. The same command goes"
          + " on after an interruption."
    })
public final class PullCommand implements Command {
  private static final double GIGABYTE = 1e9;

  @Parameters(
      paramLabel = "SOURCE",
      arity = "1..*",
      description = {
        "hf:OWNER/REPO[@REVISION][/FILE], civitai:MODEL[@VERSION], or a link: of a page or file of"
            + " the two hubs, or https:// of a file anywhere, with #sha256=HEX if you know it."
      })
  private List<String> sources = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Folder for the adapters (default: ${DEFAULT-VALUE}); it is made if need be.",
      defaultValue = "adapters")
  private Path library = Path.of("adapters");

  @Option(
      names = "--file",
      paramLabel = "NAME",
      description = "File to take where a source has several. May be given several times.")
  private List<String> files = new ArrayList<>();

  @Option(names = "--all", description = "Take all files of adapters that a source has.")
  private boolean all;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name for the adapter instead of its own.")
  private Optional<String> name = Optional.empty();

  @Option(names = "--sha256", paramLabel = "HEX", description = "SHA-256 that the file must have.")
  private Optional<String> sha256 = Optional.empty();

  @Option(
      names = "--overwrite",
      description = "Replace an adapter of the same name that is there already.")
  private boolean overwrite;

  @Option(names = "--no-preview", description = "Leave out the picture that Civitai shows.")
  private boolean noPreview;

  @Option(
      names = "--max-size",
      paramLabel = "GB",
      description = "Refuse larger files (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private double mostGigabytes = PullOptions.MOST_BYTES / GIGABYTE;

  @Mixin private final HubOptions hubs = new HubOptions();

  @Option(
      names = "--allow-private",
      description = "Let links and redirects lead to addresses of private networks.")
  private boolean allowPrivate;

  @Option(names = "--dry-run", description = "Say what would be fetched, and fetch nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    List<PullRequest> requests = Failure.usage(this::requests);
    requireOptions(requests);
    PullOptions options = options(requests);
    if (!dryRun) {
      OutputFile.folder(library);
    }
    PullReport report = new PullReport(library);
    for (PullRequest request : requests) {
      try {
        pull(console, options, request, report);
      } catch (HubException e) {
        String reason = ErrorExplanation.of(e);
        report.failed(request, reason);
        console.note("lora4j: " + reason);
      }
    }
    if (json) {
      console.print(report.json().toString());
    }
    return report.failures() ? ExitCode.FAILED : 0;
  }

  private void pull(Console console, PullOptions options, PullRequest request, PullReport report) {
    try (PullProgress progress = new PullProgress(console)) {
      Pull pull = new Pull(options, progress);
      if (dryRun) {
        pull.find(request).forEach(report::found);
      } else {
        for (PulledAdapter adapter : pull.run(request)) {
          report.pulled(adapter);
        }
      }
    }
    if (!json) {
      console.print(report.newLines());
    }
  }

  private List<PullRequest> requests() {
    List<PullRequest> requests = new ArrayList<>();
    for (String source : sources) {
      PullRequest request = PullRequest.parse(source, hubs.addresses());
      requests.add(sha256.map(request::withSha256).orElse(request));
    }
    return requests;
  }

  private void requireOptions(List<PullRequest> requests) {
    if (requests.size() > 1 && (name.isPresent() || sha256.isPresent() || !files.isEmpty())) {
      throw Failure.usage(
          "--name, --sha256 and --file are for one SOURCE, found " + requests.size() + ".");
    }
    if (all && !files.isEmpty()) {
      throw Failure.usage("Give --file or --all, not both.");
    }
    if (!(mostGigabytes > 0) || mostGigabytes > 1e6) {
      throw Failure.usage("--max-size must be more than 0, found " + mostGigabytes + ".");
    }
  }

  private PullOptions options(List<PullRequest> requests) {
    try {
      return PullOptions.into(library)
          .withStore(
              new StoreOptions(
                  library, overwrite, !noPreview, Math.round(mostGigabytes * GIGABYTE)))
          .withSites(hubs.huggingFace(requests), hubs.civitai(requests))
          .withSelection(new FileSelection(files, all))
          .withName(name.orElse(""))
          .withWeb(WebOptions.DEFAULT.withPrivateNetworks(allowPrivate))
          .withAgent("lora4j/" + Version.own());
    } catch (HubException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }
}
