package dev.lora4j.hub.listing;

import dev.lora4j.hub.source.CivitaiSource;
import dev.lora4j.hub.source.FileEndings;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The adapters of a model's version on Civitai. */
final class CivitaiListing {
  private static final Set<String> ADAPTERS = Set.of("LORA", "LoCon", "DoRA");
  private static final String DOWNLOADS = "/api/download/models/";
  private static final int KIBIBYTE = 1024;

  private final Site site;
  private final CivitaiSource source;
  private final ApiJson model;
  private final ApiJson version;

  private CivitaiListing(Site site, CivitaiSource source, ApiJson model) {
    this.site = site;
    this.source = source;
    this.model = model;
    this.version = version(source, model);
  }

  /**
   * Asks the hub.
   *
   * @throws HubException if it has none that is wanted
   */
  static List<RemoteAdapter> of(
      WebClient client,
      Site site,
      CivitaiSource source,
      FileSelection selection,
      Consumer<String> notes)
      throws InterruptedException {
    String number =
        source.model().isPresent()
            ? Long.toString(source.model().getAsLong())
            : model(client, site, source.version().orElseThrow());
    ApiJson model =
        ApiJson.get(
            client,
            WebRequest.of(Addresses.below(site.address(), "api", "v1", "models", number), site));
    return new CivitaiListing(site, source, model).wanted(selection, notes);
  }

  /** The number of the model that a version is of. */
  private static String model(WebClient client, Site site, long version)
      throws InterruptedException {
    URI address =
        Addresses.below(site.address(), "api", "v1", "model-versions", Long.toString(version));
    return Long.toString(
        ApiJson.get(client, WebRequest.of(address, site))
            .number("modelId")
            .orElseThrow(
                () ->
                    new HubException(
                        "Civitai does not say of which model version " + version + " is.")));
  }

  private static ApiJson version(CivitaiSource source, ApiJson model) {
    List<ApiJson> all = model.objects("modelVersions");
    if (source.version().isEmpty() && !all.isEmpty()) {
      return all.get(0); // the newest comes first
    }
    return all.stream()
        .filter(v -> v.number("id").equals(source.version()))
        .findFirst()
        .orElseThrow(
            () ->
                new HubException(
                    source.text()
                        + " has no published version"
                        + (all.isEmpty()
                            ? "."
                            : " of this number; there are "
                                + String.join(
                                    ", ", all.stream().map(CivitaiListing::named).toList())
                                + ".")));
  }

  private static String named(ApiJson version) {
    return version.text("id") + " (" + version.text("name") + ")";
  }

  private List<RemoteAdapter> wanted(FileSelection selection, Consumer<String> notes) {
    requireAdapter();
    List<ApiJson> fitting = version.objects("files").stream().filter(this::asked).toList();
    List<ApiJson> usable =
        fitting.stream().filter(f -> FileEndings.wanted(f.text("name"))).toList();
    if (usable.isEmpty()) {
      throw nothing(fitting);
    }
    List<RemoteFile> chosen = chosen(usable, selection, notes);
    List<String> names = ListedNames.of(model.text("name"), chosen);
    List<RemoteAdapter> adapters = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      adapters.add(
          new RemoteAdapter(names.get(i), chosen.get(i), Optional.empty(), provenance(), site));
    }
    return adapters;
  }

  /** The named files; else the one that the hub's own button takes. */
  private List<RemoteFile> chosen(
      List<ApiJson> usable, FileSelection selection, Consumer<String> notes) {
    List<RemoteFile> there = usable.stream().map(this::file).toList();
    Optional<RemoteFile> primary =
        usable.stream().filter(f -> f.flag("primary")).map(this::file).findFirst();
    if (primary.isEmpty() || selection.all() || !selection.files().isEmpty()) {
      return selection.of(there, source.text());
    }
    if (there.size() > 1) {
      notes.accept(
          source.text()
              + " has "
              + there.size()
              + " files; "
              + primary.get().path()
              + " is taken, which Civitai offers first. --file names another.");
    }
    return List.of(primary.get());
  }

  private void requireAdapter() {
    String type = model.text("type");
    if (!ADAPTERS.contains(type)) {
      throw new HubException(
          source.text()
              + " is no adapter but of the type "
              + (type.isEmpty() ? "nothing" : type)
              + " on Civitai; types that can be fetched are LORA, LoCon and DoRA.");
    }
    String control = version.text("usageControl");
    if (!control.isEmpty() && !control.equals("Download")) {
      throw new HubException(
          source.text() + " may be used on Civitai alone; its author does not offer the file.");
    }
  }

  /** True if a file is of the variant that a link asks for. */
  private boolean asked(ApiJson file) {
    for (Map.Entry<String, String> wish : source.variant().entrySet()) {
      String value =
          wish.getKey().equals("type")
              ? file.text("type")
              : file.inner("metadata").text(wish.getKey());
      if (!value.equalsIgnoreCase(wish.getValue())) {
        return false;
      }
    }
    return true;
  }

  private RemoteFile file(ApiJson listed) {
    double kibibytes = 0;
    String size = listed.text("sizeKB");
    if (size.matches("\\d{1,12}(\\.\\d{1,20})?")) {
      kibibytes = Double.parseDouble(size);
    }
    return new RemoteFile(
        listed.text("name"),
        download(listed.text("downloadUrl")),
        kibibytes > 0
            ? Optional.of(new RemoteFile.Size(Math.round(kibibytes * KIBIBYTE), false))
            : Optional.empty(),
        listed.inner("hashes").sha256("SHA256"));
  }

  /**
   * The address of a download at the site that was asked, whatever host the reply names: the token
   * goes there.
   */
  private URI download(String listed) {
    try {
      URI address = URI.create(listed);
      String path = String.valueOf(address.getRawPath());
      if (path.startsWith(DOWNLOADS) && !path.contains("..")) {
        String query = address.getRawQuery();
        return URI.create(site.address() + path + (query == null ? "" : "?" + query));
      }
    } catch (IllegalArgumentException e) {
      // It is no address, and the next line says what follows from that.
    }
    return Addresses.below(site.address(), "api", "download", "models", version.text("id"));
  }

  private HubException nothing(List<ApiJson> fitting) {
    Optional<String> refused =
        fitting.stream().flatMap(f -> FileEndings.refusal(f.text("name")).stream()).findFirst();
    return new HubException(
        source.text()
            + " has no .safetensors file"
            + (source.variant().isEmpty() ? "" : " of the variant that the link asks for")
            + ". "
            + refused.orElse("Look at its page which files there are."));
  }

  private Provenance provenance() {
    String page =
        "https://civitai.com/models/" + model.text("id") + "?modelVersionId=" + version.text("id");
    String description =
        Stream.of(version.text("description"), model.text("description"))
            .map(PlainText::of)
            .filter(text -> !text.isEmpty())
            .distinct()
            .reduce((a, b) -> a + "\n\n" + b)
            .orElse("");
    return Provenance.of("civitai:" + model.text("id") + "@" + version.text("id"), page)
        .withRevision(version.text("id"))
        .withWork(
            model.text("name") + ", " + version.text("name"),
            model.inner("creator").text("username"),
            CivitaiLicence.of(model))
        .withUse(version.text("baseModel"), version.texts("trainedWords"))
        .withDescription(description)
        .withPreviews(previews());
  }

  private List<URI> previews() {
    List<URI> pictures = new ArrayList<>();
    for (ApiJson image : version.objects("images")) {
      String type = image.text("type");
      if ((type.isEmpty() || type.equals("image")) && harmless(image)) {
        try {
          pictures.add(URI.create(image.text("url")));
        } catch (IllegalArgumentException e) {
          // One that is no address shows nothing.
        }
      }
    }
    return pictures;
  }

  /** True for what the hub shows to anybody. */
  private static boolean harmless(ApiJson image) {
    String level = image.text("nsfwLevel");
    String old = image.text("nsfw");
    return level.isEmpty()
        ? old.isEmpty() || old.equals("None") || old.equals("false")
        : level.equals("1") || level.equals("None");
  }
}
