package dev.lora4j.hub.command;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.hub.source.CivitaiSource;
import dev.lora4j.hub.source.HubAddresses;
import dev.lora4j.hub.source.HuggingFaceSource;
import dev.lora4j.hub.source.PullRequest;
import dev.lora4j.hub.source.PullSource;
import dev.lora4j.hub.web.AccessToken;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.TokenPlaces;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Options of where the hubs are, and of who asks. */
final class HubOptions {
  private static final String ENDPOINT = "HF_ENDPOINT";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Token for the hub of the sources (default: of the environment, HF_TOKEN or"
              + " CIVITAI_API_TOKEN, or of the file that Hugging Face's login writes).")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--hf-endpoint",
      paramLabel = "URL",
      description =
          "Address of Hugging Face or a mirror, which gets the token (default: the environment"
              + " variable HF_ENDPOINT, else https://huggingface.co).")
  private Optional<String> huggingFace = Optional.empty();

  @Option(
      names = "--civitai-endpoint",
      paramLabel = "URL",
      description =
          "Address of Civitai or a mirror, which gets the token (default: https://civitai.com).")
  private Optional<String> civitai = Optional.empty();

  private final TokenPlaces places = TokenPlaces.ofProcess();

  /** Addresses of the hubs. */
  HubAddresses addresses() {
    Optional<String> mirror =
        huggingFace.or(
            () -> Optional.ofNullable(System.getenv(ENDPOINT)).filter(t -> !t.isBlank()));
    HubAddresses hubs = HubAddresses.DEFAULT;
    hubs = mirror.map(hubs::withHuggingFace).orElse(hubs);
    return civitai.map(hubs::withCivitai).orElse(hubs);
  }

  /** Hugging Face, with a token if a source needs one. */
  Site huggingFace(List<PullRequest> requests) {
    requireOneHub(requests);
    return site(
        Site.huggingFace(addresses().huggingFace()),
        requests,
        HuggingFaceSource.class,
        places::huggingFace);
  }

  /** Civitai, with a token if a source needs one. */
  Site civitai(List<PullRequest> requests) {
    return site(
        Site.civitai(addresses().civitai()), requests, CivitaiSource.class, places::civitai);
  }

  private Site site(
      Site site,
      List<PullRequest> requests,
      Class<? extends PullSource> kind,
      Supplier<Optional<AccessToken>> place) {
    if (requests.stream().noneMatch(r -> kind.isInstance(r.source()))) {
      return site;
    }
    Optional<AccessToken> token =
        tokenFile.isPresent() ? tokenFile.map(TokenPlaces::file) : place.get();
    return token.map(site::withToken).orElse(site);
  }

  /** A token goes to its own hub alone, so it must be clear which that is. */
  private void requireOneHub(List<PullRequest> requests) {
    if (tokenFile.isEmpty()) {
      return;
    }
    Function<Class<? extends PullSource>, Boolean> asked =
        kind -> requests.stream().anyMatch(r -> kind.isInstance(r.source()));
    boolean hugging = asked.apply(HuggingFaceSource.class);
    boolean civit = asked.apply(CivitaiSource.class);
    if (hugging && civit) {
      throw Failure.usage(
          "--token-file is for one hub, and the sources are of two. Run the command once for each.");
    }
    if (!hugging && !civit) {
      throw Failure.usage(
          "--token-file does nothing for links to other hosts: a token goes to its hub alone.");
    }
  }
}
