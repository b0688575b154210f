package dev.lora4j.hub.listing;

import dev.lora4j.hub.source.FileEndings;
import dev.lora4j.hub.source.HuggingFaceSource;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The adapters of a repository on Hugging Face. */
final class HuggingFaceListing {
  private static final String CONFIG = "adapter_config.json";

  /** Files beside which a configuration belongs: PEFT's and MLX-LM's. */
  private static final Set<String> CONFIGURED =
      Set.of("adapter_model.safetensors", "adapters.safetensors");

  private final Site site;
  private final HuggingFaceSource source;
  private final ApiJson model;
  private final String commit;
  private final Map<String, RemoteFile> files = new LinkedHashMap<>();

  private HuggingFaceListing(Site site, HuggingFaceSource source, ApiJson model) {
    this.site = site;
    this.source = source;
    this.model = model;
    String sha = model.text("sha");
    this.commit = sha.matches("[0-9a-f]{40,64}") ? sha : source.revision();
    model.objects("siblings").forEach(this::add);
  }

  /**
   * Asks the hub.
   *
   * @throws HubException if it has none that is wanted
   */
  static List<RemoteAdapter> of(
      WebClient client, Site site, HuggingFaceSource source, FileSelection selection)
      throws InterruptedException {
    String[] names = source.repository().split("/", -1);
    URI api =
        Addresses.below(
            site.address(), "api", "models", names[0], names[1], "revision", source.revision());
    WebRequest request = WebRequest.of(URI.create(api + "?blobs=true"), site);
    return new HuggingFaceListing(site, source, ApiJson.get(client, request)).wanted(selection);
  }

  private void add(ApiJson listed) {
    String path = listed.text("rfilename");
    if (!HuggingFaceSource.inside(path)) {
      return; // no file of a repository is called so; somebody wants to lead elsewhere
    }
    List<String> segments = new ArrayList<>(List.of(source.repository().split("/", -1)));
    segments.addAll(List.of("resolve", commit));
    segments.addAll(List.of(path.split("/", -1)));
    ApiJson lfs = listed.inner("lfs");
    Optional<String> digest = lfs.sha256("sha256").or(() -> lfs.sha256("oid"));
    OptionalLong bytes =
        lfs.number("size").isPresent() ? lfs.number("size") : listed.number("size");
    Optional<RemoteFile.Size> size =
        bytes.isPresent()
            ? Optional.of(new RemoteFile.Size(bytes.getAsLong(), true))
            : Optional.empty();
    URI address = Addresses.below(site.address(), segments.toArray(String[]::new));
    files.put(path, new RemoteFile(path, address, size, digest));
  }

  private List<RemoteAdapter> wanted(FileSelection selection) {
    List<RemoteFile> there =
        files.values().stream()
            .filter(f -> FileEndings.wanted(f.path()))
            .filter(f -> within(f.path()))
            .toList();
    if (there.isEmpty()) {
      throw nothing();
    }
    List<RemoteFile> chosen = selection.of(there, source.text());
    String repository = source.repository().substring(source.repository().indexOf('/') + 1);
    List<String> names = ListedNames.of(repository, chosen);
    List<RemoteAdapter> adapters = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      RemoteFile tensors = chosen.get(i);
      adapters.add(
          new RemoteAdapter(names.get(i), tensors, config(tensors), provenance(tensors), site));
    }
    return adapters;
  }

  private boolean within(String path) {
    return source.path().isEmpty()
        || path.equals(source.path())
        || path.startsWith(source.path() + "/");
  }

  private Optional<RemoteFile> config(RemoteFile tensors) {
    if (!CONFIGURED.contains(tensors.name())) {
      return Optional.empty();
    }
    String folder = tensors.path().substring(0, tensors.path().lastIndexOf('/') + 1);
    return Optional.ofNullable(files.get(folder + CONFIG));
  }

  private HubException nothing() {
    String where = source.path().isEmpty() ? source.repository() : source.text();
    Optional<String> refused =
        files.keySet().stream()
            .filter(this::within)
            .filter(path -> path.matches("(?i).*\\.(bin|pt|pth|ckpt|pkl)"))
            .findFirst()
            .flatMap(path -> FileEndings.refusal(path.substring(path.lastIndexOf('/') + 1)));
    return new HubException(
        where
            + " has no .safetensors file at revision "
            + source.revision()
            + ". "
            + refused
                .map(text -> text.replaceFirst(" Only .*", "") + " Ask its author to convert it.")
                .orElse("Look at its page whether it has adapters."));
  }

  private Provenance provenance(RemoteFile tensors) {
    ApiJson card = model.inner("cardData");
    String page = Addresses.below(site.address(), source.repository().split("/", -1)).toString();
    HuggingFaceSource file =
        new HuggingFaceSource(source.repository(), source.revision(), tensors.path());
    String licence = card.text("license");
    String named = card.text("license_name");
    String author = model.text("author");
    return Provenance.of(file.text(), page)
        .withRevision(commit)
        .withWork(
            source.repository(),
            author.isEmpty() ? source.repository().replaceFirst("/.*", "") : author,
            licence.equals("other") && !named.isEmpty() ? named : licence)
        .withUse(String.join(", ", card.texts("base_model")), card.texts("instance_prompt"));
  }
}
