package dev.lora4j.vision.train;

import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.NetworkMetadata;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.vision.PictureClassification;
import dev.lora4j.vision.VisionClasses;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.Augmentation;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.network.ResNet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pictures with their classes as a task of training: cross entropy, each picture alike. */
final class VisionTask implements TrainingTask {
  private static final long CHANCE = 33;

  private final VisionModel model;
  private final AdapterPlan plan;
  private final VisionTrainingSettings settings;
  private final List<ClassedPicture> learned;
  private final List<ClassedPicture> heldOut;
  private final PictureBatches order;

  VisionTask(
      VisionModel model,
      AdapterPlan plan,
      VisionTrainingSettings settings,
      List<ClassedPicture> learned,
      List<ClassedPicture> heldOut) {
    this.model = model;
    this.plan = plan;
    this.settings = settings;
    this.learned = learned;
    this.heldOut = heldOut;
    this.order = new PictureBatches(learned.size(), settings.batch(), settings.training().seed());
  }

  @Override
  public AdapterPlan plan() {
    return plan;
  }

  @Override
  public DType compute() {
    return model.precision().compute();
  }

  @Override
  public Expr loss(Staging at) {
    FrozenWeights frozen = new FrozenWeights(compute(), "", model.weights().forms());
    Weights weights = Weights.of(at.graph(), VisionModel.MODEL, frozen, at.adapters());
    Expr pixels = ResNet.declare(at.graph());
    Expr classes = at.graph().input("classes", DType.I64, Shape.of(Shape.UNKNOWN));
    Expr share = at.graph().input("share", DType.F64, Shape.of()).to(at.type());
    Expr logits = model.network().logits(weights, pixels, compute()).to(at.type());
    Expr right = logits.argmax(1).eq(classes).to(at.type());
    at.measure("accuracy", right.sum().mul(share));
    return logits.crossEntropyEach(1, classes, -100, 0).sum().mul(share);
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return model.weights().numbers(scope, parameter(site, "weight"));
  }

  @Override
  public Optional<Tensor> unrounded(Scope scope, Site site) {
    return model.weights().unrounded(scope, parameter(site, "weight"));
  }

  @Override
  public Tensor bias(Site site) {
    return held(parameter(site, "bias"));
  }

  private static String parameter(Site site, String name) {
    return site.name().substring(VisionModel.MODEL.length() + 1) + "." + name;
  }

  @Override
  public Tensor held(String name) {
    return model.weights().tensor(name);
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    List<int[]> numbers = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      numbers.add(order.batch(first + b));
    }
    int all = numbers.stream().mapToInt(n -> n.length).sum();
    double share = (double) count / all;
    List<TrainingBatch> batches = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      batches.add(batch(first + b, numbers.get(b), share));
    }
    return batches;
  }

  private TrainingBatch batch(long number, int[] pictures, double share) {
    Augmentation chance = settings.augmentation();
    List<ClassedPicture> some = new ArrayList<>();
    for (int i = 0; i < pictures.length; i++) {
      ClassedPicture one = learned.get(pictures[i]);
      SeededNoise noise = SeededNoise.of(settings.training().seed(), CHANCE, number, i);
      PixelMap part = chance.of(one.pixels(), settings.preparation(), noise);
      some.add(new ClassedPicture(one.name(), one.digest(), part, one.label()));
    }
    return new Pictures(some, share);
  }

  @Override
  public List<TrainingBatch> heldOut() {
    List<TrainingBatch> all = new ArrayList<>();
    for (int from = 0; from < heldOut.size(); from += settings.batch()) {
      List<ClassedPicture> some =
          heldOut.subList(from, Math.min(heldOut.size(), from + settings.batch())).stream()
              .map(
                  p ->
                      new ClassedPicture(
                          p.name(),
                          p.digest(),
                          settings.preparation().middle(p.pixels()),
                          p.label()))
              .toList();
      all.add(new Pictures(some, 1.0 / some.size()));
    }
    return all;
  }

  @Override
  public String items() {
    return "pictures";
  }

  @Override
  public Map<String, String> metadata(int steps) {
    String name = String.valueOf(model.path().toAbsolutePath().normalize().getFileName());
    Map<String, String> own = VisionClasses.metadata(model.labels(), settings.preparation().size());
    return new Metadata(own)
        .with(KohyaKeys.BASE_NAME, name)
        .with(KohyaKeys.BASE_HASH, model.hash())
        .withAll(NetworkMetadata.onBase(plan, model.precision()))
        .entries();
  }

  /** Parts of pictures that the network reads. */
  private final class Pictures implements TrainingBatch {
    private final List<ClassedPicture> parts;
    private final double share;

    Pictures(List<ClassedPicture> parts, double share) {
      this.parts = parts;
      this.share = share;
    }

    @Override
    public List<Tensor> inputs(Scope scope) {
      List<PixelMap> pixels = parts.stream().map(ClassedPicture::pixels).toList();
      long[] classes = parts.stream().mapToLong(ClassedPicture::label).toArray();
      return List.of(
          PictureClassification.tensor(scope, pixels, settings.preparation()),
          Tensor.ofLongs(scope, Shape.of(classes.length), classes),
          HostTensor.of(DType.F64, Shape.of(), new double[] {share}).on(scope));
    }

    @Override
    public List<String> items() {
      return parts.stream().map(ClassedPicture::name).toList();
    }

    @Override
    public double weight() {
      return parts.size();
    }
  }
}
