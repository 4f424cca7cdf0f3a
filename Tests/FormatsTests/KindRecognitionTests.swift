/// Where the name of a file says nothing, its header or its keys decide.
import Formats
import Orders
import Testing

@Suite struct KindRecognitionTests {
  @Test(
    "The header tells the kind",
    arguments: [
      ("order_number;invoice_id;sku;qty;price;location_key;manifest_no;awb;carrier\n", "orders"),
      ("order_number,awb,carrier,assigned_at\nx", "assignments"),
      ("order_number,confirmed_at,user\n", "confirmations"),
      ("manifest_id,awb,order_number,carrier,manifested_at,weight_g\n", "manifests"),
      ("awb\tstatus\tevent_date\tlocation\n", "tracking"), ("invoice_id,document\n", "documents"),
      ("awb,datetime,status,reason_code,reason_code_number,location\n", "scans"),
      ("sku,location_key,available\n", "inventory"),
      ("sku,productName,mrp\n", "products"), ("location_key,carrier,username,password\n", "carriers"),
      ("\u{FEFF}awb,reason,cancelled_at\n", "cancellations"), ("order_number,reason\n", "cancellations"),
      ("order_number,invoice_id\n", nil), ("a,b,c\n", nil), ("", nil), ("sku\n", nil),
    ] as [(String, String?)])
  func headers(text: String, kind: String?) {
    #expect(recogniseKind(firstBytes: Array(text.utf8), format: .csv)?.name == kind)
  }

  @Test(
    "The keys of the first record tell the kind, through every wrapper",
    arguments: [
      #"[{"awb":"1","datetime":"x","status":"y","reason_code_number":"2"}]"#,
      #"{"awb":"1","datetime":"x","status":"y","reason_code_number":"2"}"#,
      #"{"status":true,"data":[{"awb":"1","datetime":"x","status":"y","reason_code_number":"2"}]}"#,
      #"{"data":{"scans":[{"awb":"1","datetime":"x","status":"y","status_code":"2","z":[{"a":"#,
    ])
  func keys(text: String) {
    #expect(recogniseKind(firstBytes: Array(text.utf8), format: .json) == .scans)
    #expect(recogniseKind(firstBytes: Array(text.utf8), format: .jsonLines) == .scans)
  }

  @Test("Nested lines speak for an order, an empty or foreign document for nothing")
  func ordersAndNothing() {
    let order =
      #"{"orders":[{"reference_code":"A","location_key":"L","order_items":[{"sku":"s","item_quantity":1}]}]}"#
    #expect(recogniseKind(firstBytes: Array(order.utf8), format: .json) == .orders)
    #expect(recogniseKind(firstBytes: Array("[]".utf8), format: .json) == nil)
    #expect(recogniseKind(firstBytes: Array("{\"error\":1}".utf8), format: .json) == nil)
    #expect(recogniseKind(firstBytes: Array("garbage".utf8), format: .json) == nil)
  }
}
