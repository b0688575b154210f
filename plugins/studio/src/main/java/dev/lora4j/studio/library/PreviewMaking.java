package dev.lora4j.studio.library;

import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.ServedModel;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.work.JobTicket;
import dev.lora4j.studio.action.KnownFields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** Makes a picture that shows what an adapter does, and keeps it beside the adapter. */
final class PreviewMaking {
  private static final Set<String> FIELDS = Set.of("name", "prompt", "seed", "weight", "base");
  private static final int MOST_WEIGHT = 10;

  private final ModelCatalogue models;
  private final AdapterPlaces places;
  private final PreviewFiles files;

  PreviewMaking(ModelCatalogue models, AdapterPlaces places, PreviewFiles files) {
    this.models = models;
    this.places = places;
    this.files = files;
  }

  /** Makes the picture that a request asks for; the request ends it when its client goes. */
  AdapterFile make(HttpRequest request)
      throws IOException, InterruptedException, ExecutionException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, FIELDS);
    AdapterFile adapter = places.require("name", fields.requiredText("name"));
    Prompt prompt =
        Prompt.of(fields.requiredText("prompt"))
            .seed(fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0));
    double weight = fields.number("weight", -MOST_WEIGHT, MOST_WEIGHT).orElse(1);
    NamedAdapter named = new NamedAdapter(adapter.key().name(), Weight.of(weight));
    ServedModel<PictureService> model = model(fields.text("base").orElse(""), named);
    JobTicket<GeneratedImage> ticket =
        model.service().submit(Tenant.SHARED, prompt, model.adapters(), StepListener.NONE);
    request.onDisconnect(ticket::cancel);
    try {
      write(adapter, ticket.result().get());
    } finally {
      ticket.cancel();
    }
    return adapter;
  }

  private ServedModel<PictureService> model(String base, NamedAdapter named) {
    List<String> names = models.pictures().stream().map(PictureService::name).toList();
    if (!base.isEmpty() && !names.contains(base)) {
      throw new FieldException(
          "base", "There is no base '" + base + "'; there are " + String.join(", ", names) + ".");
    }
    return models.picture(Tenant.SHARED, base, List.of(named));
  }

  /** A picture that somebody else has put beside the adapter stays as it is. */
  private void write(AdapterFile adapter, GeneratedImage made) throws IOException {
    Path stem = AdapterPlaces.stem(adapter);
    Path beside = stem.resolveSibling(stem.getFileName() + PreviewFiles.OWN);
    Path kept = files.kept(adapter);
    boolean free = !Files.exists(beside, LinkOption.NOFOLLOW_LINKS) || ours(beside);
    Path target = free && places.own(adapter) ? beside : kept;
    Files.createDirectories(target.resolveSibling(".").normalize());
    byte[] png = made.png();
    AtomicFile.write(target, out -> out.write(ByteBuffer.wrap(png)));
    if (target.equals(beside)) {
      Files.deleteIfExists(kept); // it would go before
    }
  }

  private static boolean ours(Path picture) {
    try {
      return Files.isRegularFile(picture, LinkOption.NOFOLLOW_LINKS)
          && PngFile.texts(picture).containsKey(PictureRecord.KEYWORD);
    } catch (RuntimeException e) {
      return false; // another kind of picture
    }
  }
}
