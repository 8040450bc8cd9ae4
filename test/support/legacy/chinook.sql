-- Chinook's billing tables as they stand at the customer.
CREATE TABLE Employee (
  EmployeeId INT PRIMARY KEY, LastName VARCHAR(20) NOT NULL, FirstName VARCHAR(20) NOT NULL, Title VARCHAR(30),
  ReportsTo INT, BirthDate DATETIME, HireDate DATETIME, Address VARCHAR(70), City VARCHAR(40), State VARCHAR(40),
  Country VARCHAR(40), PostalCode VARCHAR(10), Phone VARCHAR(24), Fax VARCHAR(24), Email VARCHAR(60)
);
CREATE TABLE Customer (
  CustomerId INT PRIMARY KEY, FirstName VARCHAR(40) NOT NULL, LastName VARCHAR(20) NOT NULL, Company VARCHAR(80),
  Address VARCHAR(70), City VARCHAR(40), State VARCHAR(40), Country VARCHAR(40), PostalCode VARCHAR(10),
  Phone VARCHAR(24), Fax VARCHAR(24), Email VARCHAR(60) NOT NULL,
  SupportRepId INT, FOREIGN KEY (SupportRepId) REFERENCES Employee (EmployeeId)
);
CREATE TABLE Invoice (
  InvoiceId INT PRIMARY KEY, CustomerId INT NOT NULL, InvoiceDate DATETIME NOT NULL, BillingAddress VARCHAR(70),
  BillingCity VARCHAR(40), BillingState VARCHAR(40), BillingCountry VARCHAR(40), BillingPostalCode VARCHAR(10),
  Total DECIMAL(10, 2) NOT NULL, FOREIGN KEY (CustomerId) REFERENCES Customer (CustomerId)
);
CREATE TABLE InvoiceLine (
  InvoiceLineId INT PRIMARY KEY, InvoiceId INT NOT NULL, TrackId INT NOT NULL, UnitPrice DECIMAL(10, 2) NOT NULL,
  Quantity INT NOT NULL, FOREIGN KEY (InvoiceId) REFERENCES Invoice (InvoiceId)
);
