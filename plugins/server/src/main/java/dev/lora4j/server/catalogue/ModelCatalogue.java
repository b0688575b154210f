package dev.lora4j.server.catalogue;

import dev.lora4j.server.embedding.EncoderService;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterKey;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.library.UnusableAdapterException;
import dev.lora4j.server.model.LeasedAdapters;
import dev.lora4j.server.model.ModelName;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.text.TextService;
import dev.lora4j.server.work.WorkQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The bases that are served, and the adapters on them, by name. */
public final class ModelCatalogue {
  private final List<PictureService> pictures;
  private final List<TextService> texts;
  private final List<EncoderService> encoders;
  private final AdapterLibrary library;

  /** These bases; the first of a kind is meant where a request names none. */
  public ModelCatalogue(
      List<PictureService> pictures,
      List<TextService> texts,
      List<EncoderService> encoders,
      AdapterLibrary library) {
    this.pictures = List.copyOf(pictures);
    this.texts = List.copyOf(texts);
    this.encoders = List.copyOf(encoders);
    this.library = library;
  }

  /** Bases of pictures. */
  public List<PictureService> pictures() {
    return pictures;
  }

  /** Language models. */
  public List<TextService> texts() {
    return texts;
  }

  /** Encoders, which make embeddings. */
  public List<EncoderService> encoders() {
    return encoders;
  }

  /** The adapters on disk. */
  public AdapterLibrary library() {
    return library;
  }

  /** Queues and workers of all bases by name, those of pictures first. */
  public Map<String, WorkQueue<?, ?>> work() {
    Map<String, WorkQueue<?, ?>> all = new LinkedHashMap<>();
    pictures.forEach(service -> all.put(service.name(), service.work()));
    texts.forEach(service -> all.put(service.name(), service.work()));
    encoders.forEach(service -> all.put(service.name(), service.work()));
    return all;
  }

  /** Names of all bases, those of pictures first. */
  public List<String> bases() {
    return List.copyOf(work().keySet());
  }

  /**
   * The base of pictures, and adapters on it, that a model's name means.
   *
   * @param more adapters that the request names elsewhere
   * @throws UnknownModelException if there is none
   */
  public ServedModel<PictureService> picture(Tenant tenant, String model, List<NamedAdapter> more) {
    return choose(
        "pictures", pictures, PictureService::name, PictureService::adapters, tenant, model, more);
  }

  /**
   * The language model, and adapters on it, that a model's name means.
   *
   * @throws UnknownModelException if there is none
   */
  public ServedModel<TextService> text(Tenant tenant, String model) {
    return text(tenant, model, List.of());
  }

  /**
   * The same with more adapters, which the request names elsewhere.
   *
   * @throws UnknownModelException if there is none
   */
  public ServedModel<TextService> text(Tenant tenant, String model, List<NamedAdapter> more) {
    return choose("texts", texts, TextService::name, TextService::adapters, tenant, model, more);
  }

  /**
   * The encoder, and adapters on it, that a model's name means.
   *
   * @throws UnknownModelException if there is none
   */
  public ServedModel<EncoderService> encoder(Tenant tenant, String model) {
    return choose(
        "embeddings",
        encoders,
        EncoderService::name,
        EncoderService::adapters,
        tenant,
        model,
        List.of());
  }

  private <S> ServedModel<S> choose(
      String kind,
      List<S> services,
      Function<S, String> name,
      Function<S, AdapterCache> cache,
      Tenant tenant,
      String model,
      List<NamedAdapter> more) {
    if (services.isEmpty() && !bases().contains(model)) {
      throw new UnknownModelException(model, "This server has no base for " + kind + ".");
    }
    List<NamedAdapter> parts = new ArrayList<>(parse(tenant, model));
    Optional<S> named = Optional.empty();
    if (!parts.isEmpty()) {
      String first = parts.get(0).name();
      named = services.stream().filter(s -> name.apply(s).equals(first)).findFirst();
      if (named.isPresent()) {
        parts.remove(0);
      } else if (bases().contains(first)) {
        throw new UnknownModelException(model, first + " makes no " + kind + ".");
      }
    }
    parts.addAll(more);
    S service = named.orElseGet(() -> fitting(services, cache, tenant, parts));
    String full = model.isBlank() ? name.apply(service) : model;
    return new ServedModel<>(service, parts, full);
  }

  private List<NamedAdapter> parse(Tenant tenant, String model) {
    List<String> bases = bases();
    try {
      return ModelName.parse(model, name -> bases.contains(name) || library.has(tenant, name))
          .parts();
    } catch (IllegalArgumentException e) {
      throw new UnknownModelException(model, String.valueOf(e.getMessage()));
    }
  }

  /** The first base that all adapters fit. */
  private static <S> S fitting(
      List<S> services, Function<S, AdapterCache> cache, Tenant tenant, List<NamedAdapter> parts) {
    if (services.size() == 1 || parts.isEmpty()) {
      return services.get(0);
    }
    UnusableAdapterException first = null;
    for (S service : services) {
      try {
        LeasedAdapters.of(cache.apply(service), tenant, parts).close();
        return service;
      } catch (UnusableAdapterException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new IllegalStateException() : first;
  }

  /** The adapters in memory of each base, in the order of {@link #bases}. */
  public List<AdapterCache> caches() {
    return Stream.of(
            pictures.stream().map(PictureService::adapters),
            texts.stream().map(TextService::adapters),
            encoders.stream().map(EncoderService::adapters))
        .flatMap(caches -> caches)
        .toList();
  }

  /** The first base that an adapter was loaded for; empty if it was for none yet. */
  public Optional<String> baseOf(AdapterKey key) {
    List<AdapterCache> caches = caches();
    List<String> names = bases();
    return IntStream.range(0, names.size())
        .filter(i -> caches.get(i).fitted(key))
        .mapToObj(names::get)
        .findFirst();
  }

  /** What a tenant can name beside the bases. */
  public List<AdapterFile> adapters(Tenant tenant) {
    return library.list(tenant);
  }
}
